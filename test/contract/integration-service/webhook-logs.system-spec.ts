import { startReceiver, until, type Receiver } from '@signalbox/testing';
import { useHub } from '../hub';
import { ID, TIME } from '../samples';
import { makeWebhook, type Enveloped } from './webhooks';

interface Log {
  readonly id: string;
  readonly status: string;
  readonly event_type: string;
}
type Logs = Enveloped<{ logs: Log[]; total: number; page: number; size: number }>;

const hub = useHub();
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver({ respond: ({ text }) => (text.includes('refuse me') ? 400 : 200) });
});
afterAll(() => receiver.close());

describe('GET /api/v1/webhooks/{webhook_id}/logs', () => {
  test('lists every delivery with how it ended, newest first', async () => {
    const { id, project_id } = await makeWebhook(hub, {
      url: receiver.url,
      events: ['task.*'],
      retry_config: { on_client_error: 'fail' },
    });
    const path = `/api/v1/webhooks/${id}/logs`;
    const ended = (count: number) =>
      until(`${count} deliveries ended`, 10_000, async () => {
        const { body } = await hub.call<Logs>('GET', path);
        return body.content.logs.filter(({ status }) => status !== 'pending').length === count && body;
      });
    await hub.call('POST', '/api/v1/webhooks/events/task.created', { body: { project_id } });
    await ended(1);
    await hub.call('POST', '/api/v1/webhooks/events/task.updated', {
      body: { project_id, title: 'refuse me' },
    });
    expect(await ended(2)).toEqual({
      code: 'S10000',
      msg: '獲取Webhook執行日志成功',
      content: {
        logs: [
          {
            id: ID,
            event_id: ID,
            event_type: 'task.updated',
            status: 'failed',
            attempts: 1,
            status_code: 400,
            duration_ms: expect.any(Number) as unknown,
            error: 'the endpoint answered 400',
            created_at: TIME,
          },
          {
            id: ID,
            event_id: ID,
            event_type: 'task.created',
            status: 'success',
            attempts: 1,
            status_code: 200,
            duration_ms: expect.any(Number) as unknown,
            error: null,
            created_at: TIME,
          },
        ],
        total: 2,
        page: 1,
        size: 20,
      },
    });
    const { body } = await hub.call<Logs>('GET', `${path}?page=2&size=1`, { as: 'viewer' });
    expect(body.content).toMatchObject({
      logs: [{ event_type: 'task.created' }],
      total: 2,
      page: 2,
      size: 1,
    });
  });

  test.each(['page=0', 'size=101', 'page=x'])('refuses ?%s', async (query) => {
    const { id } = await makeWebhook(hub);
    const { status, body } = await hub.call('GET', `/api/v1/webhooks/${id}/logs?${query}`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'F40022', content: { details: [{ field: query.split('=', 1)[0] }] } });
  });

  test('does not find the logs of a webhook that is not there', async () => {
    const answer = await hub.call('GET', '/api/v1/webhooks/webhook_id/logs');
    expect(answer).toMatchObject({ status: 404, body: { code: 'F42301' } });
  });
});
