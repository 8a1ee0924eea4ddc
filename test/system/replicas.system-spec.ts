import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith, until } from '@signalbox/testing';
import { CountingReceiver, type Endpoint } from './kit/counting-receiver';
import { HubClient, type WebhookHandle } from './kit/hub-client';
import { expectAllDelivered, nothingPending } from './kit/promises';
import { Publisher } from './kit/publisher';
import { startReal } from './kit/real-stack';
import { StackUnderTest } from './kit/stack';

/** A second is promised; the rest is for a busy machine. Without a notice it would be the five after which a gateway asks again. */
const LOGGED_OUT_WITHIN_MS = 3_000;
const ARRIVES_WITHIN_MS = 60_000;
const BACKLOG = 1_000;
/** To work off the backlog takes seconds, to hear that the webhook changed does not. */
const SLOW_MS = 300;

describeWith(['own-rabbitmq', 'own-redis'], 'two of each side by side', () => {
  const stack = new StackUnderTest(startReal);
  let receiver: CountingReceiver;
  beforeAll(async () => {
    receiver = await CountingReceiver.start();
  });
  afterAll(() => receiver.close());
  afterEach(() => expect(receiver.wrong).toEqual([]));

  const eachDispatcher = (metric: string) =>
    Promise.all(stack.now.dispatchers.map((app) => app.metric(metric)));

  async function subscribe(
    client: HubClient,
    project: string,
    endpoint: Endpoint,
    timeoutSeconds?: number,
  ): Promise<WebhookHandle> {
    return await client.createWebhook({
      url: endpoint.url,
      secret: receiver.secret,
      project,
      retry: { max_retries: 5, retry_delay: 1 },
      timeout_seconds: timeoutSeconds,
    });
  }

  async function publish(project: string, count: number): Promise<Publisher> {
    const clients = await stack.clients();
    const publisher = new Publisher({ clients, project, concurrency: 16, count });
    await publisher.finished();
    expect(publisher.summary()).toMatch(new RegExp(`^${count} accepted, refused: none, broken: 0`));
    return publisher;
  }

  /** A webhook of which both dispatchers hold much, waiting for an endpoint that answers once it is told to. */
  async function backlog(client: HubClient, project: string) {
    let open: (status: number) => void = () => undefined;
    const gate = new Promise<number>((resolve) => (open = resolve));
    const endpoint = receiver.endpoint(() => gate);
    const webhook = await subscribe(client, project, endpoint, 100);
    const publisher = await publish(project, BACKLOG);
    await until('both dispatchers hold some of it', 10_000, async () => {
      return (await eachDispatcher('signalbox_deliveries_held')).every((held) => held > 100);
    });
    const answer = (status: number) => {
      endpoint.behaviour = () => ({ status, afterMs: SLOW_MS });
      open(status);
    };
    return { endpoint, webhook, publisher, answer };
  }

  const nothingInHand = () =>
    until('no dispatcher has anything in hand', ARRIVES_WITHIN_MS, async () => {
      await sleep(200);
      const metrics = ['signalbox_deliveries_held', 'signalbox_deliveries_under_way'];
      return (await Promise.all(metrics.map(eachDispatcher))).flat().every((count) => count === 0);
    });

  stack.it(
    'a session that is logged out at one gateway is refused at the other within a second',
    async () => {
      const [one = '', other = ''] = stack.now.gateways;
      for (const [left, right] of [
        [one, other],
        [other, one],
        [one, other],
      ] as const) {
        const here = await HubClient.signIn(left);
        const there = here.at(right);
        for (const client of [here, there])
          expect((await client.call('GET', '/api/users/me/')).status).toBe(200);
        expect((await here.call('POST', '/api/v1/auth/logout', { body: {} })).status).toBe(200);
        await until('it is refused there', LOGGED_OUT_WITHIN_MS, async () => {
          return (await there.call('GET', '/api/users/me/')).status === 401;
        });
        expect((await here.call('GET', '/api/users/me/')).status).toBe(401);
      }
    },
  );

  stack.it('both dispatchers share the work, and nothing is sent by both', async () => {
    const [client] = await stack.clients();
    const quick = receiver.endpoint();
    const failing = receiver.endpoint(({ nth }) => (nth === 1 ? 500 : 200));
    const targets = [
      { endpoint: quick, webhook: await subscribe(client, 'shared', quick) },
      { endpoint: failing, webhook: await subscribe(client, 'shared', failing) },
    ];
    const before = await eachDispatcher('signalbox_delivery_attempts_total');
    const publisher = await publish('shared', 1_000);
    await expectAllDelivered(client, publisher, targets, ARRIVES_WITHIN_MS);
    expect([quick.attempts, quick.duplicates]).toEqual([1_000, 0]);
    expect([failing.attempts, failing.duplicates]).toEqual([2_000, 0]);
    const after = await eachDispatcher('signalbox_delivery_attempts_total');
    const shares = after.map((count, index) => count - (before[index] ?? 0));
    expect(shares.reduce((total, share) => total + share, 0)).toBe(3_000);
    expect(Math.min(...shares)).toBeGreaterThan(300);
  });

  stack.it('an endpoint that hangs delays nobody else', async () => {
    const [client] = await stack.clients();
    const hanging = receiver.endpoint(() => 'hang');
    const quick = receiver.endpoint();
    const failing = receiver.endpoint(({ nth }) => (nth === 1 ? 500 : 200));
    const stuck = await subscribe(client, 'hanging', hanging, 8);
    const targets = [
      { endpoint: quick, webhook: await subscribe(client, 'hanging', quick) },
      { endpoint: failing, webhook: await subscribe(client, 'hanging', failing) },
    ];
    const publisher = await publish('hanging', 1_000);
    await expectAllDelivered(client, publisher, targets, ARRIVES_WITHIN_MS);
    expect(hanging.attempts).toBeGreaterThan(0);
    expect(await client.deliveries(stuck.id, 'pending')).toBe(1_000);
    expect(hanging.succeeded.size).toBe(0);
    await client.ok('DELETE', `/api/v1/webhooks/${stuck.id}`);
  });

  stack.it(
    'a webhook switched off at one gateway is sent to by neither dispatcher, until it is on again',
    async () => {
      const [one, other = one] = await stack.clients();
      const { endpoint, webhook, publisher, answer } = await backlog(one, 'disabled');
      await other.ok('PUT', `/api/v1/webhooks/${webhook.id}`, { body: { is_active: false } });
      answer(200);
      await nothingInHand();
      expect(endpoint.attempts).toBeLessThan(BACKLOG / 2);
      expect(await one.deliveries(webhook.id, 'pending')).toBe(BACKLOG - endpoint.attempts);

      endpoint.behaviour = () => 200;
      await one.ok('PUT', `/api/v1/webhooks/${webhook.id}`, { body: { is_active: true } });
      await expectAllDelivered(other, publisher, [{ endpoint, webhook }], ARRIVES_WITHIN_MS);
      expect([endpoint.attempts, endpoint.duplicates]).toEqual([BACKLOG, 0]);
    },
  );

  stack.it('a URL changed at one gateway is used by both dispatchers, for what they hold too', async () => {
    const [one, other = one] = await stack.clients();
    const { endpoint, webhook, publisher, answer } = await backlog(one, 'moved');
    const moved = receiver.endpoint();
    await other.ok('PUT', `/api/v1/webhooks/${webhook.id}`, { body: { url: moved.url } });
    answer(200);
    await nothingPending(one, webhook, ARRIVES_WITHIN_MS);
    expect(endpoint.attempts).toBeLessThan(BACKLOG / 2);
    await moved.hasAll(endpoint.missing(publisher.acknowledged.keys()), 1_000);
    expect(endpoint.attempts + moved.attempts).toBe(BACKLOG);
  });

  stack.it('a webhook deleted at one gateway is sent to by neither dispatcher', async () => {
    const [one, other = one] = await stack.clients();
    const { endpoint, webhook, answer } = await backlog(one, 'deleted');
    await other.ok('DELETE', `/api/v1/webhooks/${webhook.id}`);
    answer(200);
    await nothingInHand();
    expect(endpoint.attempts).toBeLessThan(BACKLOG / 2);
    for (const client of [one, other]) {
      expect((await client.call('GET', `/api/v1/webhooks/${webhook.id}`)).status).toBe(404);
    }
  });

  stack.it('a webhook whose endpoint says that it is gone is sent to by neither dispatcher', async () => {
    const [one, other = one] = await stack.clients();
    const { endpoint, webhook, answer } = await backlog(one, 'gone');
    answer(410);
    await nothingInHand();
    expect(endpoint.attempts).toBeLessThan(BACKLOG / 2);
    expect(await other.ok('GET', `/api/v1/webhooks/${webhook.id}`)).toMatchObject({ is_active: false });
  });
});
