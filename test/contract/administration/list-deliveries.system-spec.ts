import { startReceiver, until, type Receiver } from '@signalbox/testing';
import { useHub } from '../hub';
import { ID, TIME } from '../samples';
import { BASE, makeAdminWebhook, type Data } from './webhooks';

interface Delivery {
  readonly status: string;
  readonly event_type: string;
}

const hub = useHub();
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver({
    respond: ({ text }) =>
      text.includes('refuse me') ? { status: 500, body: 'no' } : { status: 200, body: 'ok' },
  });
});
afterAll(() => receiver.close());

describe('GET /api/v1/admin/integration/webhooks/{webhook_id}/deliveries', () => {
  test('lists every delivery with every attempt, and filters by status', async () => {
    const { id, project_id } = await makeAdminWebhook(hub, {
      url: receiver.url,
      events: ['document.*'],
      retry_count: 0,
      headers: { Authorization: 'Bearer hidden', 'X-Plain': 'shown' },
    });
    const path = `${BASE}/webhooks/${id}/deliveries`;
    await hub.call('POST', '/api/v1/webhooks/events/document.processed', { body: { project_id } });
    await hub.call('POST', '/api/v1/webhooks/events/document.failed', {
      body: { project_id, note: 'refuse me' },
    });
    await until('both deliveries ended', 10_000, async () => {
      const { body } = await hub.call<Data<Delivery[]>>('GET', path);
      return body.data.every(({ status }) => status !== 'pending');
    });

    const failed = await hub.call('GET', `${path}?status=failed`, { as: 'viewer' });
    expect(failed.status).toBe(200);
    expect(failed.body).toEqual({
      success: true,
      data: [
        {
          id: ID,
          event_id: ID,
          event_type: 'document.failed',
          status: 'failed',
          attempts: 1,
          status_code: 500,
          duration_ms: expect.any(Number) as unknown,
          error: expect.any(String) as unknown,
          next_attempt_at: null,
          created_at: TIME,
          attempt_log: [
            {
              id: ID,
              number: 1,
              started_at: TIME,
              duration_ms: expect.any(Number) as unknown,
              request_url: expect.stringContaining(receiver.url) as unknown,
              request_headers: expect.objectContaining({
                Authorization: '********',
                'X-Plain': 'shown',
              }) as unknown,
              status_code: 500,
              response_headers: expect.any(Object) as unknown,
              response_body: 'no',
              response_truncated: false,
              error: expect.any(String) as unknown,
            },
          ],
        },
      ],
      pagination: { page: 1, pageSize: 50, total: 1, totalPages: 1 },
    });
    expect(failed.text).not.toContain('hidden');

    const success = await hub.call<Data<Delivery[]>>('GET', `${path}?status=success`);
    expect(success.body.data.map(({ event_type }) => event_type)).toEqual(['document.processed']);
    const pending = await hub.call<Data<Delivery[]>>('GET', `${path}?status=pending`);
    expect(pending.body.data).toEqual([]);
    const second = await hub.call('GET', `${path}?page=2&limit=1`);
    expect(second.body).toMatchObject({
      data: [{ event_type: 'document.processed' }],
      pagination: { page: 2, pageSize: 1, total: 2, totalPages: 2 },
    });
  });

  test.each(['status=done', 'status=', 'limit=101', 'page=0'])('refuses ?%s', async (query) => {
    const { id } = await makeAdminWebhook(hub);
    const { status, body } = await hub.call('GET', `${BASE}/webhooks/${id}/deliveries?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { code: 'VALIDATION_ERROR', details: [{ field: query.split('=', 1)[0] }] },
    });
  });

  test('does not find the deliveries of a webhook that is not there', async () => {
    const answer = await hub.call('GET', `${BASE}/webhooks/webhook_id/deliveries`);
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
  });
});
