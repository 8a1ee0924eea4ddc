import { createHmac, timingSafeEqual } from 'node:crypto';
import { startReceiver, type Receiver } from '@signalbox/testing';
import { useHub } from '../hub';
import { TIME } from '../samples';
import { makeAdminWebhook } from './webhooks';

const hub = useHub();
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

/** The verification that the document prints, line for line. */
function verifyWebhookSignature(payload: Buffer, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(payload).digest('hex');
  return timingSafeEqual(Buffer.from(`sha256=${expected}`), Buffer.from(signature));
}

describe('a delivered event', () => {
  test('has the published headers, structure and signature', async () => {
    const secret = 'your-webhook-secret';
    const { project_id } = await makeAdminWebhook(hub, {
      url: receiver.url,
      events: ['knowledge_base.created'],
      secret,
      headers: { 'X-Custom-Header': 'custom-value' },
    });
    const data = {
      id: 123,
      name: 'New Knowledge Base',
      owner_id: 1,
      created_at: '2024-08-04T12:00:00Z',
      project_id,
    };
    const published = await hub.call('POST', '/api/v1/webhooks/events/knowledge_base.created', {
      body: data,
    });
    const [request] = await receiver.received(1);
    expect(request?.json()).toEqual({
      event_type: 'knowledge_base.created',
      timestamp: TIME,
      data,
      metadata: { source: 'api', version: 'v1', request_id: published.headers.get('X-Request-Id') },
    });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'EmbedAI-Webhook/1.0',
      'x-embedai-event': 'knowledge_base.created',
      'x-embedai-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      'x-embedai-signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/) as unknown,
      'x-custom-header': 'custom-value',
    });
    const signature = String(request?.headers['x-embedai-signature']);
    expect(verifyWebhookSignature(request?.body ?? Buffer.alloc(0), signature, secret)).toBe(true);
    expect(verifyWebhookSignature(request?.body ?? Buffer.alloc(0), signature, 'another-secret')).toBe(false);
  });
});
