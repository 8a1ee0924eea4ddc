import { setTimeout as sleep } from 'node:timers/promises';
import { PUBLISHED_FIGURES } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import { CountingReceiver } from './kit/counting-receiver';
import { SHUTDOWN_SECONDS } from './kit/environment';
import { expectAllDelivered, expectSettled, nothingPending } from './kit/promises';
import { Publisher } from './kit/publisher';
import { describeOnBothStacks } from './kit/stacks';

/** A process that was too busy for a moment says so for a second. */
const WELL_WITHIN_MS = 15_000;
/** What is closed after the apps (PostgreSQL, the broker's link) takes a moment beyond `SHUTDOWN_SECONDS`. */
const CLOSES_WITHIN_MS = SHUTDOWN_SECONDS * 1000 + 10_000;

describeOnBothStacks('the hub', (stack) => {
  let receiver: CountingReceiver;
  beforeAll(async () => {
    receiver = await CountingReceiver.start();
  });
  afterAll(() => receiver.close());
  afterEach(() => expect(receiver.wrong).toEqual([]));

  stack.it('delivers what is published, once and signed, and shows it in the log', async () => {
    const [client] = await stack.clients();
    const endpoint = receiver.endpoint();
    const webhook = await client.createWebhook({ url: endpoint.url, secret: receiver.secret });
    const publisher = new Publisher({
      clients: await stack.clients(),
      project: webhook.project,
      concurrency: 4,
      count: 20,
    });
    await publisher.finished();
    expect(publisher.acknowledged.size).toBe(20);
    await expectAllDelivered(client, publisher, [{ endpoint, webhook }], 20_000);
    expect(endpoint.attempts).toBe(20);
    const { logs } = await client.ok<{ logs: { event_id: string }[] }>(
      'GET',
      `/api/v1/webhooks/${webhook.id}/logs?page_size=100`,
    );
    expect(logs.map(({ event_id }) => event_id).sort()).toEqual([...publisher.acknowledged.values()].sort());
    expect(logs).toEqual(
      Array.from(
        { length: 20 },
        () => expect.objectContaining({ status: 'success', attempts: 1, status_code: 200 }) as unknown,
      ),
    );
  });

  stack.it('tries again when a receiver fails twice', async () => {
    const [client] = await stack.clients();
    const endpoint = receiver.endpoint(({ nth }) => (nth <= 2 ? 503 : 200));
    const webhook = await client.createWebhook({
      url: endpoint.url,
      secret: receiver.secret,
      retry: { max_retries: 5, retry_delay: 1 },
    });
    const publisher = new Publisher({
      clients: [client],
      project: webhook.project,
      concurrency: 2,
      count: 5,
    });
    await publisher.finished();
    await expectAllDelivered(client, publisher, [{ endpoint, webhook }], 30_000);
    expect([...endpoint.deliveries.values()]).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ attempts: 3, successes: 1 }) as unknown),
    );
  });

  stack.it('says of every process that it lives, is ready, and how it is', async () => {
    const [client] = await stack.clients();
    for (const app of stack.now.apps) {
      expect(await app.probe('/health/live', WELL_WITHIN_MS)).toEqual({
        status: 200,
        body: '{"status":"ok"}',
      });
      const ready = await until(`${app.name} is ready`, WELL_WITHIN_MS, async () => {
        const answer = await app.probe('/health/ready');
        return answer.status === 200 && answer;
      });
      expect(ready.body).toBe('{"status":"ok","down":[]}');
      expect(await app.metric('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    }
    for (const url of stack.now.gateways) {
      const gateway = client.at(url);
      expect((await gateway.call('GET', '/health/live')).status).toBe(200);
      await until(`${url} is ready`, WELL_WITHIN_MS, async () => {
        return (await gateway.call('GET', '/health/ready')).status === 200;
      });
      expect((await gateway.call('GET', '/metrics')).text).toContain('process_resident_memory_bytes');
      // Whichever process measures them.
      await until('it shows the published figures', 15_000, async () => {
        const { text } = await gateway.call('GET', '/metrics');
        return PUBLISHED_FIGURES.every((name) => text.split(`# TYPE ${name} `).length === 2);
      });
      expect(await gateway.healthy()).toMatchObject({
        database: 'connected',
        cache: stack.now.name === 'real' ? 'connected' : 'embedded',
      });
    }
  });

  stack.it('ends gracefully under load and loses nothing', async () => {
    const clients = await stack.clients();
    const [client] = clients;
    const quick = receiver.endpoint();
    const slow = receiver.endpoint(() => ({ status: 200, afterMs: 150 }));
    const failing = receiver.endpoint(({ nth }) => (nth === 1 ? 500 : 200));
    const project = 'graceful';
    const targets = [];
    for (const endpoint of [quick, slow, failing]) {
      const webhook = await client.createWebhook({
        url: endpoint.url,
        secret: receiver.secret,
        project,
        retry: { max_retries: 5, retry_delay: 1 },
      });
      targets.push({ endpoint, webhook });
    }
    const publisher = new Publisher({ clients, project, concurrency: 8, pauseMs: 10 });
    for (const app of stack.now.apps) {
      const accepted = publisher.acknowledged.size;
      await until('events flow', 30_000, () => publisher.acknowledged.size > accepted + 50);
      const code = await app.stop(CLOSES_WITHIN_MS);
      expect({ app: app.name, code }).toEqual({ app: app.name, code: 0 });
      await app.start();
    }
    await until('the hub takes events again', 20_000, async () => {
      const before = publisher.acknowledged.size;
      await sleep(200);
      return publisher.acknowledged.size > before;
    });
    await publisher.stop();
    expectSettled(publisher);
    await expectAllDelivered(client, publisher, targets, 60_000);
    // What was under way was finished, so nothing had to be sent a second time.
    expect(targets.map(({ endpoint }) => endpoint.duplicates)).toEqual([0, 0, 0]);
    for (const { webhook } of targets) await nothingPending(client, webhook, 5_000);
  });
});
