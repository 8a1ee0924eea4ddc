import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith, type KillableServer, until } from '@signalbox/testing';
import { CountingReceiver, type Endpoint } from './kit/counting-receiver';
import type { HubClient, WebhookHandle } from './kit/hub-client';
import { Liveness } from './kit/liveness';
import { expectAllDelivered, expectSettled } from './kit/promises';
import { Publisher } from './kit/publisher';
import { type RealStack, startReal } from './kit/real-stack';
import { StackUnderTest } from './kit/stack';

const AWAY_MS = 1_500;
const NOTICED_WITHIN_MS = 20_000;
const RECOVERS_WITHIN_MS = 60_000;
const ARRIVES_WITHIN_MS = 60_000;

interface Load {
  readonly client: HubClient;
  readonly publisher: Publisher;
  /** Fails each delivery once, so that retries wait all along. */
  readonly failing: Endpoint;
}

describeWith(['own-rabbitmq', 'own-redis'], 'killed and restarted under load', () => {
  const stack = new StackUnderTest(startReal);
  let receiver: CountingReceiver;
  beforeAll(async () => {
    receiver = await CountingReceiver.start();
  });
  afterAll(() => receiver.close());
  afterEach(() => expect(receiver.wrong).toEqual([]));

  async function subscribe(client: HubClient, project: string, endpoint: Endpoint): Promise<WebhookHandle> {
    return await client.createWebhook({
      url: endpoint.url,
      secret: receiver.secret,
      project,
      retry: { max_retries: 8, retry_delay: 1 },
    });
  }

  /** `away` runs while the server is away. What must hold of every outage is checked here. */
  async function outage(
    name: string,
    serverOf: (stack: RealStack) => KillableServer,
    away: (load: Load) => Promise<void>,
  ): Promise<void> {
    const clients = await stack.clients();
    const [client] = clients;
    const server = serverOf(stack.now);
    const quick = receiver.endpoint();
    const failing = receiver.endpoint(({ nth }) => (nth === 1 ? 500 : 200));
    const targets = [
      { endpoint: quick, webhook: await subscribe(client, name, quick) },
      { endpoint: failing, webhook: await subscribe(client, name, failing) },
    ];
    const liveness = new Liveness(stack.now, clients);
    const publisher = new Publisher({ clients, project: name, concurrency: 16, pauseMs: 20 });
    try {
      await until('events flow', 20_000, () => publisher.acknowledged.size > 300);
      await server.kill();
      await away({ client, publisher, failing });
      await sleep(AWAY_MS);
      await server.restart();
      await everythingServes(client);
      const accepted = publisher.acknowledged.size;
      await until(
        'events flow again',
        RECOVERS_WITHIN_MS,
        () => publisher.acknowledged.size > accepted + 200,
      );
    } finally {
      await publisher.stop();
      await liveness.stop();
    }
    expectSettled(publisher);
    expect(publisher.broken).toBe(0);
    await expectAllDelivered(client, publisher, targets, ARRIVES_WITHIN_MS);
    expect(liveness.wrong).toEqual([]);
    expect(liveness.rounds).toBeGreaterThan(10);
    expect(stack.now.apps.map(({ timesStarted }) => timesStarted)).toEqual(stack.now.apps.map(() => 1));
  }

  async function everythingServes(client: HubClient): Promise<void> {
    for (const app of stack.now.apps) await app.ready(RECOVERS_WITHIN_MS);
    for (const url of stack.now.gateways) {
      await client.at(url).healthy(RECOVERS_WITHIN_MS);
    }
  }

  async function refusals({ publisher }: Load): Promise<void> {
    const before = sum(publisher.refused);
    await until('requests are refused', NOTICED_WITHIN_MS, () => sum(publisher.refused) > before + 20);
  }

  async function health(client: HubClient, status: number, content: object): Promise<void> {
    let last: unknown;
    await until(`the hub says ${status}`, NOTICED_WITHIN_MS, async () => {
      await sleep(200);
      const answer = await client.call<{ content: unknown }>('GET', '/api/v1/health');
      last = answer.json.content;
      return answer.status === status && covers(last, content);
    }).catch((error: unknown) => {
      throw new Error(`Health is ${JSON.stringify(last)}`, { cause: error });
    });
  }

  stack.it('RabbitMQ: requests are refused in time, and nothing acknowledged is lost', () =>
    outage(
      'rabbitmq',
      ({ rabbit }) => rabbit,
      async (load) => {
        await refusals(load);
        await health(load.client, 503, { status: 'unhealthy' });
        for (const gateway of stack.now.gatewayApps) {
          await until(`${gateway.name} is not ready`, NOTICED_WITHIN_MS, async () => {
            return (await gateway.probe('/health/ready')).status === 503;
          });
        }
        // The dispatchers need no broker to deliver what they were given.
        await load.failing.hasAll(load.publisher.acknowledged.keys(), NOTICED_WITHIN_MS);
      },
    ),
  );

  stack.it('Redis: everything goes on, and the hub says that it is degraded', () =>
    outage(
      'redis',
      ({ redis }) => redis,
      async ({ client, publisher, failing }) => {
        await health(client, 200, { status: 'degraded', cache: 'disconnected', database: 'connected' });
        const accepted = publisher.acknowledged.size;
        const retried = failing.succeeded.size;
        await until(
          'events are taken without Redis',
          NOTICED_WITHIN_MS,
          () => publisher.acknowledged.size > accepted + 100,
        );
        await until(
          'retries arrive without Redis',
          NOTICED_WITHIN_MS,
          () => failing.succeeded.size > retried + 100,
        );
        for (const app of stack.now.apps) await app.ready(NOTICED_WITHIN_MS);
        expect(publisher.summary()).toContain('refused: none');
      },
    ),
  );

  stack.it('PostgreSQL: requests are refused in time, and nothing acknowledged is lost', () =>
    outage(
      'postgres',
      ({ postgres }) => postgres,
      async (load) => {
        await refusals(load);
        await health(load.client, 503, { status: 'unhealthy', database: 'disconnected' });
        for (const app of [stack.now.auth, ...stack.now.dispatchers]) {
          await until(`${app.name} is not ready`, NOTICED_WITHIN_MS, async () => {
            return (await app.probe('/health/ready')).status === 503;
          });
        }
      },
    ),
  );
});

function sum(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function covers(actual: unknown, expected: object): boolean {
  const fields = new Map(Object.entries(actual ?? {}));
  return Object.entries(expected).every(([name, value]) => fields.get(name) === value);
}
