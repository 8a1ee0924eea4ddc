import { randomUUID } from 'node:crypto';
import { useHub } from '../hub';
import { TEXT, TIME } from '../samples';
import { eventually, makeKey, STATS, type Key } from './usage';
import { BASE } from './webhooks';

const hub = useHub();

interface Stats {
  readonly total_requests: number;
  readonly [field: string]: unknown;
}

describe('GET /api/v1/admin/integration/api-keys/usage-stats', () => {
  let key: Key;
  beforeAll(async () => {
    key = await makeKey(hub);
    const as = { token: key.token };
    for (let n = 0; n < 3; n += 1) await hub.call('GET', `${BASE}/webhooks?project_id=apollo`, { as });
    await hub.call('GET', `${BASE}/webhooks/none`, { as });
    await hub.call('POST', `${BASE}/webhooks`, { as, body: {} });
  }, 60_000);

  const stats = (query: string, total: number) =>
    eventually<Stats>(
      () => hub.call('GET', `${STATS}?${query}`),
      (data) => data.total_requests === total,
    );

  test('answers every published field, and percentiles', async () => {
    const { body } = await stats(`key=${key.id}`, 5);
    expect(body).toEqual({
      success: true,
      data: {
        from: TIME,
        to: TIME,
        granularity: 'hour',
        total_requests: 5,
        successful_requests: 3,
        failed_requests: 2,
        average_response_time: expect.any(Number),
        p50: expect.any(Number),
        p95: expect.any(Number),
        p99: expect.any(Number),
        bytes_in: 2,
        bytes_out: expect.any(Number),
        requests_by_endpoint: {
          '/api/v1/admin/integration/webhooks': 4,
          '/api/v1/admin/integration/webhooks/{webhook_id}': 1,
        },
        requests_by_status: { 200: 3, 403: 1, 404: 1 },
        requests_by_hour: expect.any(Array),
        top_api_keys: [{ id: key.id, name: key.name, usage_count: 5 }],
        series: expect.any(Array),
      },
    });
    const { requests_by_hour, series } = body.data as unknown as {
      requests_by_hour: { hour: string; count: number }[];
      series: { time: string; requests: number; p99: number }[];
    };
    expect(requests_by_hour.reduce((sum, { count }) => sum + count, 0)).toBe(5);
    for (const { hour } of requests_by_hour) expect(hour).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/);
    expect(series.map(({ time, requests }) => ({ hour: time, count: requests }))).toEqual(requests_by_hour);
  });

  test('takes the published parameters: whole days, the last one included', async () => {
    const { status, body } = await hub.call('GET', `${STATS}?start_date=2024-08-01&end_date=2024-08-04`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: {
        from: '2024-08-01T00:00:00.000Z',
        to: '2024-08-05T00:00:00.000Z',
        total_requests: 0,
        average_response_time: 0,
        p99: null,
        requests_by_endpoint: {},
        requests_by_hour: [],
        top_api_keys: [],
      },
    });
    const today = new Date().toISOString().slice(0, 10);
    await stats(`start_date=${today}&end_date=${today}&key=${key.id}`, 5);
  });

  test.each([
    ['project_id=apollo', 3],
    ['status=2xx', 3],
    ['status=404', 1],
    ['method=POST', 1],
    ['surface=administration', 5],
    ['surface=automation', 0],
    ['endpoint=/api/v1/admin/integration/webhooks/{webhook_id}', 1],
    ['granularity=minute&from={hour}', 5],
    ['granularity=day', 5],
    ['user=nobody', 0],
  ])('filters: %s', async (query, total) => {
    const hour = new Date(Date.now() - 3_600_000).toISOString();
    await stats(`key=${key.id}&${query.replace('{hour}', hour)}`, total);
  });

  test('shows a confined caller the requests of its projects, and its own', async () => {
    const project = `project-${randomUUID()}`;
    const other = `project-${randomUUID()}`;
    const { token } = await hub.user({ role: 'viewer', projects: [project, other] });
    const as = { token };
    await hub.call('GET', `${BASE}/webhooks`, { as });
    const colleague = await makeKey(hub, { project_ids: [project] });
    await hub.call('GET', `${BASE}/webhooks`, { as: { token: colleague.token } });
    // A key of the whole hub that asks about the project, about another one, and about none.
    for (const query of [`?project_id=${project}`, '?project_id=elsewhere', ''])
      await hub.call('GET', `${BASE}/webhooks${query}`, { as: { token: key.token } });
    const list = `endpoint=${BASE}/webhooks`;
    const { body } = await eventually<Stats>(
      () => hub.call('GET', `${STATS}?${list}`, { as }),
      (data) => data.total_requests > 2,
    );
    expect(body.data.total_requests).toBe(3);
    expect(body.data.top_api_keys).toEqual([{ id: colleague.id, name: colleague.name, usage_count: 1 }]);
    for (const [query, total] of [
      [`project_id=${project}`, 2],
      [`project_id=${other}`, 0],
      ['project_id=elsewhere', 0],
      [`key=${colleague.id}`, 1],
    ] as const) {
      expect(await hub.call('GET', `${STATS}?${list}&${query}`, { as })).toMatchObject({
        body: { data: { total_requests: total } },
      });
    }
    const dashboard = await hub.call('GET', `${BASE}/dashboard`, { as: { token: colleague.token } });
    expect(dashboard).toMatchObject({ body: { data: { api_requests_24h: 2, total_api_keys: 1 } } });
  });

  test('needs `read`', async () => {
    expect(await hub.call('GET', STATS, { as: null })).toMatchObject({ status: 401 });
    expect(await hub.call('GET', STATS, { as: 'viewer' })).toMatchObject({ status: 200 });
    const { token } = await makeKey(hub, { scopes: ['webhook'] });
    expect(await hub.call('GET', STATS, { as: { token } })).toMatchObject({
      status: 403,
      body: { success: false, error: { code: 'FORBIDDEN', message: TEXT } },
    });
  });

  test.each([
    ['start_date=yesterday', 'start_date'],
    ['end_date=2024-02-30', 'end_date'],
    ['from=2024-08-01&start_date=2024-08-01', 'from'],
    ['from=2024-08-02&to=2024-08-01', 'to'],
    ['start_date=2024-08-02&end_date=2024-08-01', 'end_date'],
    ['granularity=week', 'granularity'],
    ['granularity=minute&from=2024-08-01&to=2024-08-04', 'granularity'],
    ['status=99', 'status'],
    ['status=6xx', 'status'],
    ['surface=none', 'surface'],
    ['key=a&key=b', 'key'],
  ])('refuses ?%s', async (query, field) => {
    const { status, body } = await hub.call('GET', `${STATS}?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: [{ field, message: TEXT }] } });
  });
});
