import { createHmac } from 'node:crypto';
import { webhookOperations } from '@signalbox/contracts';
import { type Receiver, startReceiver, until } from '@signalbox/testing';
import { Webhook } from 'standardwebhooks';
import { type DispatcherUnderTest, startDispatcher } from './dispatcher-for-spec';

describe('delivery', () => {
  let hub: DispatcherUnderTest;
  const receivers: Receiver[] = [];

  const receiver = async (options: Parameters<typeof startReceiver>[0] = {}) => {
    const started = await startReceiver(options);
    receivers.push(started);
    return started;
  };

  beforeAll(async () => {
    hub = await startDispatcher();
  });
  afterEach(async () => {
    await hub.database.query('DELETE FROM webhooks');
    await Promise.all(receivers.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await hub.stop();
    await hub.drop();
  });

  it('sends an event once, signed both ways, with the published body', async () => {
    const target = await receiver();
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const webhook = await hub.createWebhook({ url: target.url, secret, headers: { 'X-Custom-Header': 'v' } });
    const event = await hub.publish({ n: 1, text: 'é😀' });
    expect(event).toMatchObject({ event_type: 'task.created', deliveries: 1 });

    const [request] = await target.received(1);
    expect(request).toBeDefined();
    if (request === undefined) return;
    expect(request.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'EmbedAI-Webhook/1.0',
      'x-custom-header': 'v',
      'x-embedai-event': 'task.created',
      'x-embedai-signature': `sha256=${createHmac('sha256', secret).update(request.body).digest('hex')}`,
    });
    expect(request.headers['x-embedai-delivery']).toBe(request.headers['webhook-id']);
    const verified = new Webhook(secret).verify(request.text, request.headers as Record<string, string>);
    expect(verified).toEqual({
      event_type: 'task.created',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      data: { n: 1, text: 'é😀' },
      metadata: { source: 'api', version: 'v1', request_id: expect.any(String) as string },
    });

    await hub.settled();
    const { items } = await hub.deliveries(webhook.id);
    expect(items).toMatchObject([
      {
        id: request.headers['webhook-id'],
        event_id: event.event_id,
        status: 'success',
        attempts: 1,
        status_code: 200,
      },
    ]);
    expect(target.requests).toHaveLength(1);
    const view = await hub.call(webhookOperations.get, { id: webhook.id });
    expect(view).toMatchObject({ success_count: 1, failure_count: 0, secret: '********' });
    expect(view.last_triggered_at).not.toBeNull();
  });

  it('tries again until it succeeds, keeping the id and every attempt', async () => {
    const target = await receiver({
      respond: (_, nth) => (nth <= 2 ? { status: 500, body: 'not yet' } : 200),
    });
    const webhook = await hub.createWebhook({ url: target.url, retry_config: { retry_delay: 1 } });
    await hub.publish();
    const requests = await target.received(3, 15_000);
    await hub.settled();
    expect(new Set(requests.map((request) => request.headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests.map((request) => request.text)).size).toBe(1);
    const [delivery] = (await hub.deliveries(webhook.id)).items;
    expect(delivery).toMatchObject({ status: 'success', attempts: 3, error: null });
    expect(
      delivery?.attempt_log?.map((attempt) => [attempt.number, attempt.status_code, attempt.response_body]),
    ).toEqual([
      [1, 500, 'not yet'],
      [2, 500, 'not yet'],
      [3, 200, ''],
    ]);
    const waits = requests.slice(1).map((request, i) => request.at - (requests[i]?.at ?? 0));
    expect(waits[0]).toBeGreaterThanOrEqual(700);
    expect(waits[1]).toBeGreaterThanOrEqual(1_400);
  });

  it('gives up after max_retries, and sends again when asked to', async () => {
    let answer = 503;
    const target = await receiver({ respond: () => answer });
    const webhook = await hub.createWebhook({
      url: target.url,
      retry_config: { max_retries: 1, retry_delay: 1 },
    });
    await hub.publish();
    await hub.settled();
    const [failed] = (await hub.deliveries(webhook.id)).items;
    expect(failed).toMatchObject({ status: 'failed', attempts: 2, status_code: 503, next_attempt_at: null });

    answer = 200;
    expect(await hub.call(webhookOperations.retry, { id: webhook.id })).toEqual({ retried: 1 });
    await hub.settled();
    expect((await hub.deliveries(webhook.id)).items[0]).toMatchObject({ status: 'success', attempts: 3 });
    expect(await hub.call(webhookOperations.retry, { id: webhook.id })).toEqual({ retried: 0 });
    expect(await hub.call(webhookOperations.retry, { id: webhook.id, delivery_id: failed?.id })).toEqual({
      retried: 1,
    });
    await target.received(4);
  });

  it('counts each delivery once, by how it ended last', async () => {
    let answer = 503;
    const target = await receiver({ respond: () => answer });
    const webhook = await hub.createWebhook({
      url: target.url,
      retry_config: { max_retries: 1, retry_delay: 1 },
    });
    const counts = async () => {
      await hub.settled();
      const view = await hub.call(webhookOperations.get, { id: webhook.id });
      return [view.success_count, view.failure_count];
    };
    await hub.publish();
    expect(await counts()).toEqual([0, 1]);
    await hub.call(webhookOperations.retry, { id: webhook.id });
    expect(await counts()).toEqual([0, 1]);
    answer = 200;
    await hub.call(webhookOperations.retry, { id: webhook.id });
    expect(await counts()).toEqual([1, 0]);
    await hub.publish();
    expect(await counts()).toEqual([2, 0]);
    const [newest] = (await hub.deliveries(webhook.id)).items;
    await hub.call(webhookOperations.retry, { id: webhook.id, delivery_id: newest?.id });
    expect(await counts()).toEqual([2, 0]);
    answer = 500;
    await hub.call(webhookOperations.retry, { id: webhook.id, delivery_id: newest?.id });
    expect(await counts()).toEqual([1, 1]);
    const { items } = await hub.deliveries(webhook.id);
    expect(items.map(({ status }) => status)).toEqual(['failed', 'success']);
  });

  it('sends a failed test again only when it is named', async () => {
    let answer = 500;
    const target = await receiver({ respond: () => answer });
    const webhook = await hub.createWebhook({ url: target.url, retry_config: { max_retries: 0 } });
    await hub.publish();
    await hub.settled();
    const event_type = 'task.created';
    const test = await hub.call(webhookOperations.test, { id: webhook.id, event_type });
    answer = 200;
    expect(await hub.call(webhookOperations.retry, { id: webhook.id })).toEqual({ retried: 1 });
    await hub.settled();
    const statuses = async () =>
      Object.fromEntries((await hub.deliveries(webhook.id)).items.map(({ id, status }) => [id, status]));
    expect(await statuses()).toMatchObject({ [test.delivery_id]: 'failed' });
    expect(Object.values(await statuses()).sort()).toEqual(['failed', 'success']);
    expect(target.requests).toHaveLength(3);
    expect(
      await hub.call(webhookOperations.retry, { id: webhook.id, delivery_id: test.delivery_id }),
    ).toEqual({ retried: 1 });
    await hub.settled();
    expect(await statuses()).toMatchObject({ [test.delivery_id]: 'success' });
  });

  it('waits as long as Retry-After asks', async () => {
    const target = await receiver({
      respond: (_, nth) => (nth === 1 ? { status: 429, headers: { 'Retry-After': '3' } } : 200),
    });
    await hub.createWebhook({ url: target.url, retry_config: { retry_delay: 1 } });
    await hub.publish();
    const requests = await target.received(2, 15_000);
    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(2_900);
  });

  it('switches a webhook off that answers 410, and says so with an event', async () => {
    const gone = await receiver({ respond: () => 410 });
    const watcher = await receiver();
    const webhook = await hub.createWebhook({ url: gone.url });
    await hub.createWebhook({ url: watcher.url, events: ['webhook.endpoint.*'] });
    await hub.publish();
    const [told] = await watcher.received(1);
    expect(told?.json()).toMatchObject({
      event_type: 'webhook.endpoint.disabled',
      data: { webhook_id: webhook.id, reason: 'gone' },
    });
    await hub.settled();
    expect(await hub.call(webhookOperations.get, { id: webhook.id })).toMatchObject({
      is_active: false,
      disabled_reason: 'gone',
    });
    expect(await hub.publish()).toMatchObject({ deliveries: 0 });
    expect(gone.requests).toHaveLength(1);
  });

  it('sends nothing more of what waits for an endpoint that answers 410', async () => {
    const gone = await receiver({ respond: () => ({ status: 410, delayMs: 1_000 }) });
    const webhook = await hub.createWebhook({ url: gone.url });
    await Promise.all(Array.from({ length: 300 }, () => hub.publish()));
    await until('what waited was given back', 20_000, async () => {
      const { rows } = await hub.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM deliveries WHERE webhook_id = $1 AND status = 'pending' AND claimed_by IS NOT NULL`,
        [webhook.id],
      );
      return rows[0]?.n === 0;
    });
    expect(gone.requests.length).toBeLessThan(100);
  }, 60_000);

  it('does not repeat what the endpoint refuses where the webhook says so', async () => {
    const target = await receiver({ respond: () => 422 });
    const webhook = await hub.createWebhook({ url: target.url, retry_config: { on_client_error: 'fail' } });
    await hub.publish();
    await hub.settled();
    expect((await hub.deliveries(webhook.id)).items[0]).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('follows no redirect and keeps only the beginning of a long answer', async () => {
    const elsewhere = await receiver();
    const target = await receiver({
      respond: () => ({ status: 302, headers: { Location: elsewhere.url }, body: 'x'.repeat(100_000) }),
    });
    const webhook = await hub.createWebhook({ url: target.url, retry_config: { max_retries: 0 } });
    await hub.publish();
    await hub.settled();
    const [delivery] = (await hub.deliveries(webhook.id)).items;
    expect(delivery).toMatchObject({ status: 'failed', status_code: 302 });
    expect(delivery?.attempt_log?.[0]).toMatchObject({ response_truncated: true });
    expect(delivery?.attempt_log?.[0]?.response_body).toHaveLength(16 * 1024);
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('counts the whole exchange against timeout_seconds', async () => {
    const target = await receiver({
      respond: () => (response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('.'), 100);
        response.on('close', () => clearInterval(timer));
      },
    });
    const webhook = await hub.createWebhook({
      url: target.url,
      timeout_seconds: 1,
      retry_config: { max_retries: 0 },
    });
    await hub.publish();
    await hub.settled();
    const [delivery] = (await hub.deliveries(webhook.id)).items;
    expect(delivery).toMatchObject({ status: 'failed', status_code: null });
    expect(delivery?.error).toMatch(/^timeout/);
  });

  it('keeps no secret in what it records', async () => {
    const target = await receiver({ respond: () => ({ headers: { 'Set-Cookie': 'session=abcdef' } }) });
    const webhook = await hub.createWebhook({
      url: target.url,
      headers: { Authorization: 'Bearer very-secret' },
    });
    await hub.publish();
    const [request] = await target.received(1);
    expect(request?.headers.authorization).toBe('Bearer very-secret');
    await hub.settled();
    const recorded = JSON.stringify([
      await hub.deliveries(webhook.id),
      await hub.call(webhookOperations.get, { id: webhook.id }),
      (await hub.database.query('SELECT * FROM webhooks')).rows,
      (await hub.database.query('SELECT * FROM attempts')).rows,
      hub.log.lines,
    ]);
    expect(recorded).not.toContain('very-secret');
    expect(recorded).not.toContain('abcdef');
  });

  it('lets one endpoint that hangs delay nobody else', async () => {
    const hanging = await receiver({ respond: () => 'hang' });
    const target = await receiver();
    await hub.createWebhook({ url: hanging.url, events: ['task.updated'], timeout_seconds: 300 });
    await hub.createWebhook({ url: target.url, events: ['task.created'] });
    await Promise.all(Array.from({ length: 300 }, () => hub.publish({}, 'task.updated')));
    await hanging.received(8);
    await Promise.all(Array.from({ length: 50 }, () => hub.publish({}, 'task.created')));
    await target.received(50, 20_000);
  }, 60_000);

  it('sends a test at once, answers what came back and has it on record', async () => {
    const target = await receiver({ respond: () => ({ status: 418, body: 'teapot' }) });
    const webhook = await hub.createWebhook({ url: target.url, is_active: false });
    const result = await hub.call(webhookOperations.test, { id: webhook.id, payload: { message: 'test' } });
    expect(result).toMatchObject({ delivered: false, status_code: 418, response_body: 'teapot' });
    expect(target.requests[0]?.json()).toMatchObject({ data: { message: 'test' } });
    expect((await hub.deliveries(webhook.id)).items).toMatchObject([
      { id: result.delivery_id, status: 'failed', attempts: 1 },
    ]);
  });

  it('holds what is pending while a webhook is switched off, and sends it afterwards', async () => {
    let answer = 500;
    const target = await receiver({ respond: () => answer });
    const webhook = await hub.createWebhook({
      url: target.url,
      retry_config: { retry_delay: 1, max_retries: 20 },
    });
    await hub.publish();
    await target.received(1);
    await hub.call(webhookOperations.update, { id: webhook.id, changes: { is_active: false } });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const before = target.requests.length;
    expect((await hub.deliveries(webhook.id)).items[0]?.status).toBe('pending');
    answer = 200;
    await hub.call(webhookOperations.update, { id: webhook.id, changes: { is_active: true } });
    await hub.settled();
    expect(target.requests.length).toBe(before + 1);
  });

  it('takes over what a dispatcher left behind that died', async () => {
    const target = await receiver();
    const webhook = await hub.createWebhook({ url: target.url, is_active: false });
    await hub.database.query(
      `WITH e AS (INSERT INTO events (id, type, body, created_by, deliveries) VALUES (uuidv7(), 'task.created', '{}', 'x', 1) RETURNING id)
       INSERT INTO deliveries (id, webhook_id, event_id, event_type, status, next_attempt_at, claimed_by)
       SELECT uuidv7(), $1, e.id, 'task.created', 'pending', now(), gen_random_uuid() FROM e`,
      [webhook.id],
    );
    await hub.call(webhookOperations.update, { id: webhook.id, changes: { is_active: true } });
    await target.received(1, 30_000);
    await until(
      'it is on record',
      5_000,
      async () => (await hub.deliveries(webhook.id)).items[0]?.status === 'success',
    );
  }, 45_000);
});
