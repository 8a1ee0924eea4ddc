import { randomUUID } from 'node:crypto';
import { useHub } from '../hub';
import { TEXT, TIME } from '../samples';
import { eventually, makeKey } from './usage';
import { BASE, type Data } from './webhooks';

const hub = useHub();
const REPORTS = `${BASE}/usage-reports`;
const report = () => ({ name: `report ${randomUUID()}`, group_by: ['endpoint', 'status'] });

interface Report {
  readonly id: string;
}

const make = (body: object) => hub.call<Data<Report>>('POST', REPORTS, { body });

describe('/api/v1/admin/integration/usage-reports', () => {
  test('saves, lists, changes and deletes', async () => {
    const wanted = {
      ...report(),
      description: 'Who fails',
      filter: { status: '5xx', endpoint: '/api/v1/webhooks' },
      granularity: 'hour',
      days: 7,
    };
    const { status, body } = await make(wanted);
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      data: {
        ...wanted,
        id: expect.any(String),
        created_by: expect.any(String),
        created_at: TIME,
        updated_at: TIME,
      },
    });
    const { id } = body.data;
    expect((await hub.call('GET', `${REPORTS}/${id}`)).body).toEqual(body);
    const listed = await hub.call<Data<Report[]>>('GET', `${REPORTS}?limit=100`);
    expect(listed.body.data).toContainEqual(body.data);
    const changed = await hub.call('PUT', `${REPORTS}/${id}`, { body: { days: 3, description: null } });
    expect(changed).toMatchObject({ status: 200, body: { data: { ...wanted, days: 3, description: null } } });
    expect(await hub.call('DELETE', `${REPORTS}/${id}`)).toMatchObject({
      status: 200,
      body: { success: true, data: { id, deleted: true } },
    });
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/run'],
    ] as const) {
      const gone = await hub.call(method, `${REPORTS}/${id}${path}`, method === 'PUT' ? { body: {} } : {});
      expect(gone).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    }
  });

  test('runs', async () => {
    const key = await makeKey(hub);
    for (let n = 0; n < 3; n += 1) await hub.call('GET', `${BASE}/event-types`, { as: { token: key.token } });
    await hub.call('GET', `${BASE}/webhooks/none`, { as: { token: key.token } });
    const { body } = await make({ ...report(), filter: { key: key.id } });
    const { body: result } = await eventually<{ rows: { requests: number }[] }>(
      () => hub.call('GET', `${REPORTS}/${body.data.id}/run`),
      ({ rows }) => rows.reduce((sum, { requests }) => sum + requests, 0) === 4,
    );
    expect(result.data).toMatchObject({
      report: body.data,
      from: TIME,
      to: TIME,
      rows: [
        { group: { endpoint: `${BASE}/event-types`, status: '200' }, requests: 3, failed: 0 },
        { group: { endpoint: `${BASE}/webhooks/{webhook_id}`, status: '404' }, requests: 1, failed: 1 },
      ],
      truncated: false,
    });
    const empty = await hub.call('GET', `${REPORTS}/${body.data.id}/run?from=2024-08-01&to=2024-08-04`);
    expect(empty).toMatchObject({
      body: { data: { from: '2024-08-01T00:00:00.000Z', to: '2024-08-05T00:00:00.000Z', rows: [] } },
    });
  });

  test('refuses a name that is taken', async () => {
    const one = report();
    await make(one);
    expect(await make(one)).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFLICT', message: TEXT } },
    });
  });

  test.each([
    ['nothing to group by', { group_by: [] }, 'group_by'],
    ['something else to group by', { group_by: ['weather'] }, 'group_by[0]'],
    ['the same twice', { group_by: ['key', 'key'] }, 'group_by'],
    ['an unknown filter', { filter: { weather: 'x' } }, 'filter.weather'],
    ['a status that is none', { filter: { status: '1000' } }, 'filter.status'],
    ['more days than there may be', { days: 401 }, 'days'],
    ['more days than that granularity may have', { days: 63, granularity: 'hour' }, 'days'],
    ['no name', { name: ' ' }, 'name'],
  ])('refuses %s', async (_what, fields, field) => {
    expect(await make({ ...report(), ...fields })).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: [{ field, message: TEXT }] } },
    });
  });

  test('is for administrators', async () => {
    for (const as of ['integration_manager', 'viewer'] as const) {
      expect(await hub.call('GET', REPORTS, { as })).toMatchObject({ status: 403 });
      expect(await hub.call('POST', REPORTS, { as, body: report() })).toMatchObject({ status: 403 });
    }
  });
});
