import { randomUUID } from 'node:crypto';
import { startReceiver, until, type Receiver } from '@signalbox/testing';
import { Webhook } from 'standardwebhooks';
import { useOwnHub } from '../own-hub';
import { ID, TEXT, TIME } from '../samples';
import { BASE, type Data } from './webhooks';

const hub = useOwnHub();
const ALERTS = `${BASE}/alerts`;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Alert {
  readonly id: string;
  readonly state: string;
  readonly since: string;
}

const alert = () => ({
  name: `alert ${randomUUID()}`,
  metric: 'error_rate',
  operator: 'gt',
  threshold: 5,
  window_minutes: 5,
});
const make = (body: object) => hub.call<Data<Alert>>('POST', ALERTS, { body });

describe('/api/v1/admin/integration/alerts', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  test('makes, lists, changes and deletes', async () => {
    const wanted = { ...alert(), filter: { status: '5xx', endpoint: '/api/v1/webhooks' }, is_active: false };
    const { status, body } = await make(wanted);
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      data: {
        ...wanted,
        id: ID,
        unit: '%',
        percentile: null,
        state: 'ok',
        since: null,
        last_value: null,
        last_evaluated_at: null,
        created_by: ID,
        created_at: TIME,
        updated_at: TIME,
      },
    });
    const { id } = body.data;
    expect((await hub.call('GET', `${ALERTS}/${id}`)).body).toEqual(body);
    const listed = await hub.call<Data<Alert[]>>('GET', `${ALERTS}?page=1&limit=100`);
    expect(listed.body).toMatchObject({ success: true, pagination: { page: 1, pageSize: 100 } });
    expect(listed.body.data).toContainEqual(body.data);
    const changes = {
      metric: 'response_time',
      percentile: 99,
      threshold: 250.5,
      operator: 'gte',
      filter: {},
    };
    expect(await hub.call('PUT', `${ALERTS}/${id}`, { body: changes })).toMatchObject({
      status: 200,
      body: { data: { ...wanted, ...changes, unit: 'ms' } },
    });
    expect(await hub.call('GET', `${ALERTS}/${id}/history`)).toMatchObject({
      status: 200,
      body: { success: true, data: [], pagination: { total: 0 } },
    });
    expect(await hub.call('DELETE', `${ALERTS}/${id}`)).toMatchObject({
      status: 200,
      body: { success: true, data: { id, deleted: true } },
    });
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/history'],
    ] as const) {
      const gone = await hub.call(method, `${ALERTS}/${id}${path}`, method === 'PUT' ? { body: {} } : {});
      expect(gone).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    }
  });

  test('fires, is resolved, and says so in signed events', async () => {
    await hub.call('POST', `${BASE}/webhooks`, {
      body: { name: 'Pager', url: receiver.url, events: ['system.alert'], secret: SECRET },
    });
    const rule = {
      ...alert(),
      metric: 'request_count',
      operator: 'lt',
      threshold: 1,
      filter: { key: 'nobody' },
    };
    const { id } = (await make(rule)).body.data;
    const read = () => hub.call<Data<Alert>>('GET', `${ALERTS}/${id}`);
    await until('it fires', 30_000, async () => (await read()).body.data.state === 'firing');
    const { since } = (await read()).body.data;
    await receiver.received(1, 20_000);
    await hub.call('PUT', `${ALERTS}/${id}`, { body: { is_active: false } });
    expect((await read()).body.data).toMatchObject({ state: 'ok', is_active: false, last_value: 0 });
    await receiver.received(2, 20_000);
    const common = { ...rule, alert_id: id, percentile: null, unit: 'count', firing_since: since };
    const events = receiver.requests.map(({ text, headers }) => {
      expect(headers['x-embedai-event']).toBe('system.alert');
      return new Webhook(SECRET).verify(text, headers as Record<string, string>);
    });
    expect(events).toMatchObject([
      { data: { ...common, status: 'firing', reason: 'evaluated', value: 0, resolved_at: null } },
      { data: { ...common, status: 'resolved', reason: 'deactivated', value: null, resolved_at: TIME } },
    ]);
    const history = await hub.call('GET', `${ALERTS}/${id}/history?limit=10`);
    const change = { id: ID, threshold: 1, at: TIME };
    expect(history.body).toMatchObject({
      data: [
        { ...change, state: 'ok', reason: 'deactivated', value: null },
        { ...change, state: 'firing', reason: 'evaluated', value: 0, at: since, published: true },
      ],
      pagination: { total: 2 },
    });
  }, 90_000);

  test.each([
    ['error_rate', { filter: { key: 'nobody' } }, null],
    ['response_time', { filter: { key: 'nobody' } }, null],
    ['webhook_failures', { filter: { project_id: 'nobody' } }, 0],
    ['delivery_success', { filter: { project_id: 'nobody' } }, null],
    ['quota_share', { filter: { key: 'nobody' } }, null],
  ])('evaluates %s', async (metric, fields, value) => {
    const { id } = (await make({ ...alert(), metric, ...fields })).body.data;
    let found: Readonly<Record<string, unknown>> = {};
    await until('it is evaluated', 30_000, async () => {
      found = (await hub.call<Data<typeof found>>('GET', `${ALERTS}/${id}`)).body.data;
      return found.last_evaluated_at !== null;
    });
    expect(found).toMatchObject({ state: 'ok', since: TIME, last_value: value, last_evaluated_at: TIME });
  });

  test('refuses a name that is taken', async () => {
    const one = { ...alert(), is_active: false };
    await make(one);
    expect(await make(one)).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFLICT', message: TEXT } },
    });
  });

  test.each([
    ['an unknown metric', { metric: 'weather' }, 'metric'],
    ['an unknown operator', { operator: 'eq' }, 'operator'],
    ['no threshold', { threshold: undefined }, 'threshold'],
    ['a threshold of text', { threshold: '5' }, 'threshold'],
    ['more than all', { threshold: 101 }, 'threshold'],
    ['no time', { window_minutes: 0 }, 'window_minutes'],
    ['more than a day', { window_minutes: 1_441 }, 'window_minutes'],
    ['another percentile', { metric: 'response_time', percentile: 42 }, 'percentile'],
    ['a percentile of a rate', { percentile: 95 }, 'percentile'],
    ['an unknown filter', { filter: { weather: 'x' } }, 'filter.weather'],
    ['a status that is none', { filter: { status: '1000' } }, 'filter.status'],
    [
      'a filter that is not of its metric',
      { metric: 'webhook_failures', filter: { key: 'k' } },
      'filter.key',
    ],
    ['a quota of nobody', { metric: 'quota_share' }, 'filter.key'],
    ['no name', { name: ' ' }, 'name'],
  ])('refuses %s', async (_what, fields, field) => {
    expect(await make({ ...alert(), ...fields })).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: [{ field, message: TEXT }] } },
    });
  });

  test('is for administrators', async () => {
    for (const as of ['integration_manager', 'viewer'] as const) {
      expect(await hub.call('GET', ALERTS, { as })).toMatchObject({ status: 403 });
      expect(await hub.call('POST', ALERTS, { as, body: alert() })).toMatchObject({ status: 403 });
    }
  });
});
