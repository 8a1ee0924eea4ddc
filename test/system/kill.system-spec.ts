import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith, until } from '@signalbox/testing';
import { CountingReceiver, type Endpoint } from './kit/counting-receiver';
import { startEmbedded } from './kit/embedded-stack';
import type { HubClient, WebhookHandle } from './kit/hub-client';
import { expectAllDelivered, expectSettled } from './kit/promises';
import { Publisher } from './kit/publisher';
import { startReal } from './kit/real-stack';
import { StackUnderTest } from './kit/stack';

const UNDER_WAY = 5_000;
/** What a dead process held is taken over 15 s after it was last seen. */
const ARRIVES_WITHIN_MS = 60_000;

interface Target {
  readonly endpoint: Endpoint;
  readonly webhook: WebhookHandle;
}

let receiver: CountingReceiver;
beforeAll(async () => {
  receiver = await CountingReceiver.start();
});
afterAll(() => receiver.close());
afterEach(() => expect(receiver.wrong).toEqual([]));

/** Of one project: an endpoint that answers long after the kill, and one whose every tenth delivery is a retry. */
async function targets(client: HubClient, project: string): Promise<{ slow: Target; failing: Target }> {
  const target = async (endpoint: Endpoint) => ({
    endpoint,
    webhook: await client.createWebhook({
      url: endpoint.url,
      secret: receiver.secret,
      project,
      retry: { max_retries: 8, retry_delay: 1 },
      timeout_seconds: 30,
    }),
  });
  let seen = 0;
  return {
    slow: await target(receiver.endpoint(() => ({ status: 200, afterMs: 3_000 }))),
    failing: await target(receiver.endpoint(({ nth }) => (nth === 1 && (seen += 1) % 10 === 0 ? 500 : 200))),
  };
}

/** The process id of the embedded PostgreSQL. */
async function postmaster(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(text.split('\n', 1)[0]);
}

describe('kill -9 (embedded)', () => {
  const stack = new StackUnderTest(startEmbedded);

  stack.it(`of the process with ${UNDER_WAY} deliveries under way loses nothing`, async () => {
    const { hub, dataDir } = stack.now;
    const [client] = await stack.clients();
    const { slow, failing } = await targets(client, 'killed');
    const publisher = new Publisher({ clients: [client], project: 'killed', concurrency: 32 });
    await until('enough is published', 60_000, async () => {
      await sleep(50);
      return publisher.acknowledged.size >= UNDER_WAY;
    });
    await until('enough is under way', 30_000, async () => {
      return (await client.deliveries(slow.webhook.id, 'pending')) >= UNDER_WAY;
    });
    const before = await postmaster(dataDir);

    await hub.kill();
    await publisher.stop();
    expectSettled(publisher);
    expect(publisher.broken).toBeGreaterThan(0);
    expect(slow.endpoint.missing(publisher.acknowledged.keys()).length).toBeGreaterThan(UNDER_WAY - 500);

    slow.endpoint.behaviour = () => 200;
    await hub.start();
    expect(await postmaster(dataDir)).not.toBe(before);
    await expectAllDelivered(client, publisher, [slow, failing], ARRIVES_WITHIN_MS);
  });

  stack.it('of its PostgreSQL alone is mended by the hub itself', async () => {
    const { hub, dataDir } = stack.now;
    const [client] = await stack.clients();
    const { slow, failing } = await targets(client, 'database');
    slow.endpoint.behaviour = () => ({ status: 200, afterMs: 50 });
    const publisher = new Publisher({ clients: [client], project: 'database', concurrency: 8, pauseMs: 5 });
    await until('events flow', 20_000, () => publisher.acknowledged.size > 200);
    const before = await postmaster(dataDir);
    const starts = hub.timesStarted;

    process.kill(before, 'SIGKILL');
    await until('another PostgreSQL serves', 60_000, async () => {
      expect((await client.call('GET', '/health/live')).status).toBe(200);
      const now = await postmaster(dataDir);
      return now > 0 && now !== before;
    });
    const accepted = publisher.acknowledged.size;
    await until('events flow again', 30_000, () => publisher.acknowledged.size > accepted + 100);
    await publisher.stop();
    expectSettled(publisher);
    await hub.ready();
    expect(hub.timesStarted).toBe(starts);
    await client.healthy();
    await expectAllDelivered(client, publisher, [slow, failing], ARRIVES_WITHIN_MS);
  });
});

describeWith(['own-rabbitmq', 'own-redis'], 'kill -9 (real)', () => {
  const stack = new StackUnderTest(startReal);

  stack.it('of one of two dispatchers loses nothing, because the other takes over', async () => {
    const [doomed, other] = stack.now.dispatchers;
    const clients = await stack.clients();
    const [client] = clients;
    const { slow, failing } = await targets(client, 'takeover');
    const publisher = new Publisher({ clients, project: 'takeover', concurrency: 16 });
    await until('both dispatchers have plenty in hand', 60_000, async () => {
      await sleep(100);
      const held = await Promise.all([doomed, other].map((app) => app.metric('signalbox_deliveries_held')));
      return held.every((count) => count > 500);
    });

    await doomed.kill();
    const accepted = publisher.acknowledged.size;
    await until('events flow on', 30_000, () => publisher.acknowledged.size > accepted + 200);
    await publisher.stop();
    expectSettled(publisher);

    slow.endpoint.behaviour = () => 200;
    await expectAllDelivered(client, publisher, [slow, failing], ARRIVES_WITHIN_MS);
    expect(await other.metric('signalbox_deliveries_recovered_total')).toBeGreaterThan(500);
    expect(doomed.running).toBe(false);
    expect(other.timesStarted).toBe(1);
  });
});
