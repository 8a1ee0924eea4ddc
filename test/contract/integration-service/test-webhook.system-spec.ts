import { startReceiver, type Receiver, type Reply } from '@signalbox/testing';
import { curl } from '../curl';
import { useHub } from '../hub';
import { ID } from '../samples';
import { makeWebhook } from './webhooks';

const hub = useHub();
const receivers: Receiver[] = [];

async function receiver(reply: Reply): Promise<Receiver> {
  const started = await startReceiver({ respond: () => reply });
  receivers.push(started);
  return started;
}

afterAll(() => Promise.all(receivers.map((each) => each.close())));

describe('POST /api/v1/webhooks/{webhook_id}/test', () => {
  test('the published curl line works, and answers what the receiver answered', async () => {
    const { url, requests } = await receiver({ status: 200, body: 'thank you' });
    const { id } = await makeWebhook(hub, { url });
    const { status, body } = await curl(
      `curl -X POST \\
        http://localhost:8093/api/v1/webhooks/webhook_id/test \\
        -H "Content-Type: application/json" \\
        -H "Authorization: Bearer YOUR_TOKEN" \\
        -d '{
          "test_payload": {"message": "測試消息"}
        }'`,
      hub.url,
      { YOUR_TOKEN: await hub.token('member'), webhook_id: id },
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      code: 'S10000',
      msg: '測試Webhook成功',
      content: {
        delivery_id: ID,
        event_type: 'webhook.test',
        delivered: true,
        status_code: 200,
        duration_ms: expect.any(Number) as unknown,
        response_body: 'thank you',
        response_truncated: false,
        error: null,
      },
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.json()).toMatchObject({ event_type: 'webhook.test', data: { message: '測試消息' } });
  });

  test('needs no body at all', async () => {
    const { url } = await receiver(204);
    const { id } = await makeWebhook(hub, { url });
    expect(await hub.call('POST', `/api/v1/webhooks/${id}/test`)).toMatchObject({
      status: 200,
      body: { content: { delivered: true, status_code: 204 } },
    });
  });

  test.each<[string, Reply, Record<string, unknown>]>([
    ['fails', { status: 500, body: 'no' }, { status_code: 500, response_body: 'no' }],
    ['refuses it', { status: 403, body: 'who are you' }, { status_code: 403, response_body: 'who are you' }],
    ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, { status_code: 302 }],
    ['hangs up', 'reset', { status_code: null, error: expect.any(String) as unknown }],
    ['never answers', 'hang', { status_code: null, error: expect.any(String) as unknown }],
  ])('a receiver that %s is a 502 with the same content', async (_what, reply, content) => {
    const { url } = await receiver(reply);
    const { id } = await makeWebhook(hub, { url, timeout_seconds: reply === 'hang' ? 1 : 30 });
    const { status, body } = await hub.call('POST', `/api/v1/webhooks/${id}/test`, { body: {} });
    expect(status).toBe(502);
    expect(body).toMatchObject({
      code: 'F42307',
      msg: 'Webhook執行失敗',
      content: { delivered: false, event_type: 'webhook.test', ...content },
    });
  });

  test.each([
    ['an unknown field', { payload: {} }, 'payload'],
    ['a payload that is no object', { test_payload: [1] }, 'test_payload'],
  ])('refuses %s and sends nothing', async (_what, sent, field) => {
    const { url, requests } = await receiver(200);
    const { id } = await makeWebhook(hub, { url });
    const { status, body } = await hub.call('POST', `/api/v1/webhooks/${id}/test`, { body: sent });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'F40022', content: { details: [{ field }] } });
    expect(requests).toHaveLength(0);
  });

  test.each([
    ['viewer', 403, 'F40003'],
    [null, 401, 'F40001'],
  ] as const)('refuses %s', async (as, status, code) => {
    const { id } = await makeWebhook(hub);
    const answer = await hub.call('POST', `/api/v1/webhooks/${id}/test`, { as, body: {} });
    expect(answer).toMatchObject({ status, body: { code } });
  });
});
