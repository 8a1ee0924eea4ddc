import { startReceiver, type Receiver } from '@signalbox/testing';
import { useHub } from '../hub';
import { ID } from '../samples';
import { BASE, makeAdminWebhook } from './webhooks';

const hub = useHub();
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver({
    respond: ({ url }) => (url === '/fails' ? { status: 503, body: 'not now' } : { status: 200, body: 'ok' }),
  });
});
afterAll(() => receiver.close());

describe('POST /api/v1/admin/integration/webhooks/{webhook_id}/test', () => {
  test('accepts the published example and answers what came back', async () => {
    const { id } = await makeAdminWebhook(hub, { url: `${receiver.url}/works` });
    const { status, body } = await hub.call('POST', `${BASE}/webhooks/${id}/test`, {
      as: 'member',
      body: {
        event_type: 'knowledge_base.created',
        test_payload: { test: true, message: 'This is a test webhook delivery' },
      },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: {
        delivery_id: ID,
        event_type: 'knowledge_base.created',
        delivered: true,
        status_code: 200,
        duration_ms: expect.any(Number) as unknown,
        response_body: 'ok',
        response_truncated: false,
        error: null,
      },
    });
    const sent = receiver.requests.find(({ url }) => url === '/works');
    expect(sent?.headers['x-embedai-event']).toBe('knowledge_base.created');
    expect(sent?.json()).toMatchObject({
      event_type: 'knowledge_base.created',
      data: { test: true, message: 'This is a test webhook delivery' },
    });
  });

  test('a receiver that fails is a 502 with what came back', async () => {
    const { id } = await makeAdminWebhook(hub, { url: `${receiver.url}/fails` });
    const { status, body } = await hub.call('POST', `${BASE}/webhooks/${id}/test`, { body: {} });
    expect(status).toBe(502);
    expect(body).toMatchObject({
      success: false,
      error: {
        code: 'PROVIDER_ERROR',
        details: { delivered: false, status_code: 503, response_body: 'not now', delivery_id: ID },
      },
    });
  });

  test.each([
    ['an unknown event type', { event_type: 'nobody.knows' }, 'event_type'],
    ['a pattern', { event_type: 'document.*' }, 'event_type'],
    ['a payload that is no object', { test_payload: 'text' }, 'test_payload'],
    ['an unknown field', { payload: {} }, 'payload'],
  ])('refuses %s', async (_what, sent, field) => {
    const { id } = await makeAdminWebhook(hub);
    const { status, body } = await hub.call('POST', `${BASE}/webhooks/${id}/test`, { body: sent });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: [{ field }] } });
  });
});
