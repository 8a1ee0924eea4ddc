import { startReceiver, until, type Receiver } from '@signalbox/testing';
import { useHub } from '../hub';
import { makeWebhook, type Enveloped } from './webhooks';

type Logs = Enveloped<{ logs: { id: string; status: string; attempts: number }[] }>;

const hub = useHub();
let receiver: Receiver;
let healthy = false;

beforeAll(async () => {
  receiver = await startReceiver({ respond: () => (healthy ? 200 : 500) });
});
afterAll(() => receiver.close());

/** A webhook with that many exhausted deliveries. */
async function exhausted(count: number): Promise<{ id: string; logs: string[] }> {
  healthy = false;
  const { id, project_id } = await makeWebhook(hub, { url: receiver.url, retry_config: { max_retries: 0 } });
  for (let i = 0; i < count; i += 1) {
    await hub.call('POST', '/api/v1/webhooks/events/task.created', { body: { project_id, i } });
  }
  const logs = await statuses(id, 'failed', count);
  healthy = true;
  return { id, logs };
}

function statuses(id: string, status: string, count: number): Promise<string[]> {
  return until(`${count} deliveries ${status}`, 10_000, async () => {
    const { body } = await hub.call<Logs>('GET', `/api/v1/webhooks/${id}/logs`);
    const found = body.content.logs.filter((log) => log.status === status);
    return found.length === count && found.map((log) => log.id);
  });
}

describe('POST /api/v1/webhooks/{webhook_id}/retry', () => {
  test('with log_id sends that one again', async () => {
    const { id, logs } = await exhausted(2);
    const { status, body } = await hub.call('POST', `/api/v1/webhooks/${id}/retry`, {
      as: 'member',
      body: { log_id: logs[0] },
    });
    expect(status).toBe(202);
    expect(body).toEqual({ code: 'S10000', msg: '重試Webhook成功', content: { retried: 1 } });
    expect(await statuses(id, 'success', 1)).toEqual([logs[0]]);
    expect(await statuses(id, 'failed', 1)).toEqual([logs[1]]);
  });

  test('without it sends every exhausted one again', async () => {
    const { id, logs } = await exhausted(3);
    const { status, body } = await hub.call('POST', `/api/v1/webhooks/${id}/retry`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ content: { retried: 3 } });
    expect((await statuses(id, 'success', 3)).sort()).toEqual(logs.sort());
    const nothing = await hub.call('POST', `/api/v1/webhooks/${id}/retry`, { body: {} });
    expect(nothing).toMatchObject({ status: 202, body: { content: { retried: 0 } } });
  });

  test('does not find a log of another webhook', async () => {
    const { logs } = await exhausted(1);
    const other = await makeWebhook(hub);
    for (const log_id of [logs[0], 'log_id']) {
      const answer = await hub.call('POST', `/api/v1/webhooks/${other.id}/retry`, { body: { log_id } });
      expect(answer).toMatchObject({ status: 404, body: { code: 'F40004' } });
    }
  });

  test('a webhook that is switched off cannot be retried', async () => {
    const { id } = await makeWebhook(hub, { is_active: false });
    const answer = await hub.call('POST', `/api/v1/webhooks/${id}/retry`, { body: {} });
    expect(answer).toMatchObject({ status: 409, body: { code: 'F40009', msg: 'Webhook未啟用' } });
  });

  test.each([
    ['viewer', 403, 'F40003'],
    [null, 401, 'F40001'],
  ] as const)('refuses %s', async (as, status, code) => {
    const { id } = await makeWebhook(hub);
    expect(await hub.call('POST', `/api/v1/webhooks/${id}/retry`, { as, body: {} })).toMatchObject({
      status,
      body: { code },
    });
  });
});
