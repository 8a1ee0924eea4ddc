import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import {
  type CallContext,
  eventOperations,
  type InboundAnswer,
  type InboundEvent,
  inboundEndpointOperations,
  inboundEventOperations,
  inboundEventReceived,
  inboundOperations,
  type Operation,
  type Principal,
  type PublishInput,
} from '@signalbox/contracts';
import { Database, migrate, newId } from '@signalbox/database';
import { createTransport, Handles, type RunningApp, type Transport } from '@signalbox/rpc';
import { testConfig, testDatabase, testLog, until, type TestDatabase } from '@signalbox/testing';
import { startIntegrationSync } from '../../app';
import { integrationsDatabase } from '../../database';

const ADMIN: Principal = { kind: 'user', id: 'u-admin', name: 'admin', role: 'admin', projects: null };
const published: { input: PublishInput; context: CallContext }[] = [];

@Controller()
class FakeDispatcherController {
  @Handles(eventOperations.publish)
  publish(input: PublishInput, context: CallContext) {
    published.push({ input, context });
    return Promise.resolve({
      event_id: context.idempotencyId ?? '',
      event_type: input.event_type,
      deliveries: 0,
    });
  }
}

@Module({ controllers: [FakeDispatcherController] })
class FakeDispatcher {}

/** The service as the gateway calls it, with and without a dispatcher that takes what goes out. */
describe('processing what came in', () => {
  let created: TestDatabase;
  let database: Database;
  let transport: Transport;
  let app: RunningApp;
  const log = testLog();

  const call = <In, Out>(operation: Operation<In, Out>, input: In) =>
    transport.client.call(operation, input, { context: { principal: ADMIN } });

  beforeAll(async () => {
    created = await testDatabase();
    const config = testConfig({ DATABASE_URL: created.url });
    await migrate(config, [integrationsDatabase], log);
    database = await Database.open(integrationsDatabase, config, log);
    transport = await createTransport(config, log);
    app = await startIntegrationSync({ config, transport, log });
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await transport.close(1_000);
    await database.close();
    await created.drop();
  });

  async function makeEndpoint(): Promise<{ id: string; path: string }> {
    const id = newId();
    await database.query(
      `INSERT INTO integrations (id, name, type, provider, status, environment, created_by)
       VALUES ($1, 'GitHub', 'CODE_REPOSITORY', 'github', 'ACTIVE', 'test', 'u-admin')`,
      [id],
    );
    return await call(inboundEndpointOperations.create, {
      integration_id: id,
      name: 'GitHub',
      verify_signature: false,
      signature_header: 'X-Hub-Signature-256',
    });
  }

  async function receive(
    path: string,
    delivery: string,
  ): Promise<Extract<InboundAnswer, { event_id: string }>> {
    const answer = await call(inboundOperations.receive, {
      target: { path },
      method: 'POST',
      url: `https://hub.example.com/receive/${path}`,
      headers: ['X-GitHub-Event', 'push', 'X-GitHub-Delivery', delivery, 'Content-Type', 'application/json'],
      body: Buffer.from('{"ref":"refs/heads/main"}'),
    });
    if (answer.outcome === 'handshake') throw new Error('it was taken for a handshake');
    return answer;
  }

  async function startDispatcher(): Promise<INestMicroservice> {
    const dispatcher = await NestFactory.createMicroservice<MicroserviceOptions>(FakeDispatcher, {
      strategy: transport.server('webhook-dispatcher'),
      logger: false,
    });
    await dispatcher.listen();
    return dispatcher;
  }

  it('waits for a dispatcher that is away, then goes out once; what another process left behind too', async () => {
    const endpoint = await makeEndpoint();
    const { event_id: id } = await receive(endpoint.path, 'away');
    const get = () => call(inboundEventOperations.get, { endpoint_id: endpoint.id, id });
    const waiting = await until('it was tried, which does not count', 10_000, async () => {
      const event = await get();
      return event.attempts === 0 && event.reason !== null && event;
    });
    expect(waiting).toMatchObject({ status: 'pending', reason: 'SERVICE_UNAVAILABLE' });
    expect(Date.parse(waiting.next_attempt_at ?? '')).toBeGreaterThan(Date.parse(waiting.received_at));

    const heard: InboundEvent[] = [];
    await transport
      .noticesOf('webhook-dispatcher')
      .listen(inboundEventReceived, (event) => void heard.push(event));
    const dispatcher = await startDispatcher();
    try {
      const done = await until('it is processed', 30_000, async () => {
        const event = await get();
        return event.status === 'processed' && event;
      });
      expect(done).toMatchObject({ reason: null, next_attempt_at: null });
      expect(published.map(({ input }) => input.event_type)).toEqual(['github.push']);
      expect(heard).toMatchObject([{ id, endpoint_id: endpoint.id, parts: 1, events: [{ event: 'push' }] }]);

      // As it is when a process dies after it published and before it said so: claimed by nobody who lives.
      await database.query(
        `UPDATE inbound_events SET status = 'pending', processed_at = NULL, claimed_by = $2, next_attempt_at = now() + interval '1 s'
         WHERE id = $1`,
        [id, newId()],
      );
      await until('it is processed again', 30_000, async () => (await get()).status === 'processed');
      expect(published).toHaveLength(2);
      // The dispatcher knows it again by this.
      expect(new Set(published.map(({ context }) => context.idempotencyId)).size).toBe(1);

      expect(await call(inboundEventOperations.replay, { endpoint_id: endpoint.id, id })).toEqual({
        replayed: 1,
      });
      await until('it is replayed', 30_000, () => published.length === 3);
      expect(new Set(published.map(({ context }) => context.idempotencyId)).size).toBe(2);
    } finally {
      await dispatcher.close();
    }
  }, 90_000);

  it('goes where the integration belongs now, though nobody told of the change', async () => {
    const dispatcher = await startDispatcher();
    try {
      const endpoint = await makeEndpoint();
      const { integration_id } = await call(inboundEndpointOperations.get, { id: endpoint.id });
      published.length = 0;
      await receive(endpoint.path, 'before');
      await until('it went out', 15_000, () => published.length === 1);
      const project = newId();
      await database.query('UPDATE integrations SET project_id = $2 WHERE id = $1', [
        integration_id,
        project,
      ]);
      await receive(endpoint.path, 'after');
      await until('it went out', 15_000, () => published.length === 2);
      expect(published.map(({ input }) => input.project_id)).toEqual([null, project]);
    } finally {
      await dispatcher.close();
    }
  }, 40_000);

  it('stores a delivery that comes many times at once a single time', async () => {
    const { path } = await makeEndpoint();
    const answers = await Promise.all(Array.from({ length: 300 }, () => receive(path, 'storm')));
    expect(new Set(answers.map(({ event_id }) => event_id)).size).toBe(1);
    expect(answers.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1);
  });

  it('keeps deliveries of two endpoints apart, whatever their ids', async () => {
    const [one, other] = [await makeEndpoint(), await makeEndpoint()];
    const answers = await Promise.all([receive(one.path, 'same'), receive(other.path, 'same')]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
  });
});
