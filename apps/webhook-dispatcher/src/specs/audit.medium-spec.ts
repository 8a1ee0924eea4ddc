import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import {
  auditOperations,
  DomainError,
  eventTypeOperations,
  webhookOperations,
  type AuditEntry,
  type CallContext,
  type Principal,
} from '@signalbox/contracts';
import { Handles, type Transport } from '@signalbox/rpc';
import { startReceiver, until, type Receiver } from '@signalbox/testing';
import { ADMIN, type DispatcherUnderTest, startDispatcher } from './dispatcher-for-spec';

const MASK = '********';
const ORIGIN = { address: '203.0.113.7', agent: 'curl/8', surface: 'integration-service' };
const CONTEXT: Partial<CallContext> = { requestId: 'req-1', origin: ORIGIN };

/** Stands in for api-key-auth: keeps what it is handed, when it is told to work. */
class Keeper {
  readonly kept = new Map<string, AuditEntry>();
  readonly callers: Principal[] = [];
  works = true;
  /** Takes what comes, and does not get to say so. */
  silent = false;
}

@Controller()
class KeeperController {
  constructor(@Inject(Keeper) private readonly keeper: Keeper) {}

  @Handles(auditOperations.store)
  store(
    { entries }: { entries: readonly AuditEntry[] },
    { principal }: CallContext,
  ): Promise<{ stored: number }> {
    if (!this.keeper.works) throw new DomainError({ code: 'DATABASE_UNAVAILABLE' });
    this.keeper.callers.push(principal);
    for (const entry of entries) this.keeper.kept.set(entry.id, entry);
    if (this.keeper.silent) throw new DomainError({ code: 'DEADLINE_EXCEEDED' });
    return Promise.resolve({ stored: entries.length });
  }
}

@Module({})
class KeeperModule {
  static of(keeper: Keeper): DynamicModule {
    return {
      module: KeeperModule,
      controllers: [KeeperController],
      providers: [{ provide: Keeper, useValue: keeper }],
    };
  }
}

async function serve(keeper: Keeper, transport: Transport): Promise<() => Promise<void>> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(KeeperModule.of(keeper), {
    strategy: transport.server('api-key-auth'),
    logger: false,
  });
  await app.listen();
  return () => app.close();
}

describe('what a dispatcher puts on record', () => {
  let hub: DispatcherUnderTest;
  let receiver: Receiver;
  const keeper = new Keeper();
  let stopKeeper: () => Promise<void>;

  beforeAll(async () => {
    hub = await startDispatcher();
    stopKeeper = await serve(keeper, hub.transport);
    receiver = await startReceiver({ respond: ({ url }) => ({ status: url === '/gone' ? 410 : 200 }) });
  });
  afterAll(async () => {
    await hub.stop();
    await stopKeeper();
    await receiver.close();
    await hub.drop();
  });

  const outbox = async () =>
    (await hub.database.query<{ n: number }>('SELECT count(*)::integer AS n FROM audit_outbox')).rows[0]?.n;
  const handedOver = () => until('all is handed over', 10_000, async () => (await outbox()) === 0);
  /** Oldest first. */
  const about = async (id: string): Promise<AuditEntry[]> => {
    await handedOver();
    return [...keeper.kept.values()]
      .filter(({ resource_id }) => resource_id === id)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  };
  const webhook = (url = receiver.url) =>
    hub.call(
      webhookOperations.create,
      {
        name: 'test',
        url,
        events: ['task.created'],
        headers: { Authorization: 'Bearer hidden', 'X-Plain': 'a' },
      },
      ADMIN,
      CONTEXT,
    );

  it('webhooks: made, changed, tested, retried, deleted, and no secret of theirs', async () => {
    const { id, secret } = await webhook();
    const update = (changes: object) => hub.call(webhookOperations.update, { id, changes }, ADMIN, CONTEXT);
    await update({ name: 'other', headers: { Authorization: 'Bearer another', 'X-Plain': 'a' } });
    await update({ name: 'other' });
    await update({ secret: 'known-to-nobody' });
    const { delivery_id } = await hub.call(webhookOperations.test, { id }, ADMIN, CONTEXT);
    await hub.call(webhookOperations.retry, { id, delivery_id }, ADMIN, CONTEXT);
    await hub.call(webhookOperations.retry, { id }, ADMIN, CONTEXT);
    await hub.settled();
    await hub.call(webhookOperations.remove, { id }, ADMIN, CONTEXT);
    const entries = await about(id);
    const headers = { Authorization: MASK, 'X-Plain': 'a' };
    expect(entries).toMatchObject([
      {
        action: 'webhooks.create',
        outcome: 'done',
        actor_id: ADMIN.id,
        actor_name: ADMIN.name,
        resource_type: 'webhook',
        ...ORIGIN,
        request_id: 'req-1',
        before: null,
        after: { name: 'test', url: receiver.url, headers, secret: MASK },
      },
      { action: 'webhooks.update', before: { name: 'test', headers }, after: { name: 'other', headers } },
      { action: 'webhooks.update', before: { secret: MASK }, after: { secret: MASK } },
      { action: 'webhooks.test', before: null, after: { delivery_id } },
      { action: 'webhooks.retry', before: null, after: { delivery_id } },
      { action: 'webhooks.delete', before: { name: 'other' }, after: null },
    ]);
    expect(Object.keys(entries[2]?.after ?? {})).toEqual(['secret']);
    for (const leaked of [secret, 'hidden', 'another', 'known-to-nobody'])
      expect(JSON.stringify(entries)).not.toContain(leaked);
    expect(new Set(keeper.callers.map(({ kind }) => kind))).toEqual(new Set(['system']));
  });

  it('exhausted deliveries that are sent again, and how many', async () => {
    const { id } = await webhook();
    await hub.call(webhookOperations.test, { id });
    await hub.database.query(
      `UPDATE deliveries SET status = 'failed', is_test = false WHERE webhook_id = $1`,
      [id],
    );
    expect(await hub.call(webhookOperations.retry, { id })).toEqual({ retried: 1 });
    expect((await about(id)).at(-1)).toMatchObject({ action: 'webhooks.retry', after: { retried: 1 } });
    await hub.settled();
  });

  it('a webhook that the hub itself switched off', async () => {
    const { id } = await webhook(`${receiver.url}/gone`);
    await hub.publish();
    await hub.settled();
    await until('it is off', 10_000, async () => !(await hub.call(webhookOperations.get, { id })).is_active);
    expect((await about(id)).at(-1)).toMatchObject({
      action: 'webhooks.disable',
      actor_kind: 'system',
      address: null,
      before: { is_active: true },
      after: { is_active: false, disabled_reason: 'gone' },
    });
  });

  it('event types', async () => {
    const create = () =>
      hub.call(
        eventTypeOperations.create,
        { name: 'order.paid', schema: { type: 'object' } },
        ADMIN,
        CONTEXT,
      );
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await about('order.paid')).toMatchObject([
      { action: 'event-types.create', resource_type: 'event_type', after: { schema: { type: 'object' } } },
    ]);
  });

  it('nothing of a change that was not made', async () => {
    const { id } = await webhook();
    await handedOver();
    const before = keeper.kept.size;
    const changes = { url: 'ftp://example.com/' };
    await expect(hub.call(webhookOperations.update, { id, changes })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    await expect(hub.call(webhookOperations.remove, { id: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await hub.call(webhookOperations.retry, { id });
    expect(await outbox()).toBe(0);
    expect(keeper.kept.size).toBe(before);
  });

  it('no change that could not be put on record was made', async () => {
    const { id } = await webhook();
    const gone = await webhook(`${receiver.url}/gone`);
    const { delivery_id } = await hub.call(webhookOperations.test, { id });
    await hub.settled();
    await handedOver();
    const stored = () =>
      Promise.all(
        ['webhooks', 'deliveries', 'events', 'event_types'].map(
          async (table) => (await hub.database.query(`SELECT * FROM ${table} ORDER BY 1`)).rows,
        ),
      );
    await hub.database.query(`UPDATE deliveries SET status = 'failed', is_test = false WHERE id = $1`, [
      delivery_id,
    ]);
    const before = await stored();
    await hub.database.query('ALTER TABLE audit_outbox ADD CONSTRAINT full_up CHECK (false) NOT VALID');
    for (const change of [
      () => webhook(),
      () => hub.call(webhookOperations.update, { id, changes: { name: 'x' } }),
      () => hub.call(webhookOperations.remove, { id }),
      () => hub.call(webhookOperations.test, { id }),
      () => hub.call(webhookOperations.retry, { id }),
      () => hub.call(webhookOperations.retry, { id, delivery_id }),
      () => hub.call(eventTypeOperations.create, { name: 'order.lost' }),
    ] as (() => Promise<unknown>)[])
      await expect(change()).rejects.toMatchObject({ code: 'INTERNAL' });
    await hub.database.query('ALTER TABLE audit_outbox DROP CONSTRAINT full_up');
    expect(await stored()).toEqual(before);
    await hub.call(webhookOperations.remove, { id: gone.id });
    await handedOver();
  });

  it('waits, however much it is, while nobody takes it, and is kept once where the answer is lost', async () => {
    keeper.works = false;
    const { id } = await webhook();
    for (let n = 0; n < 250; n += 1)
      await hub.call(webhookOperations.update, { id, changes: { name: `name ${n}` } });
    expect(await outbox()).toBe(251);
    keeper.silent = true;
    keeper.works = true;
    await until('it was taken', 10_000, () =>
      Promise.resolve(keeper.callers.length > 0 && keeper.kept.size > 0),
    );
    expect(await outbox()).toBe(251);
    keeper.silent = false;
    const entries = await about(id);
    expect(entries).toHaveLength(251);
    expect(entries.at(-1)).toMatchObject({ before: { name: 'name 248' }, after: { name: 'name 249' } });
  }, 30_000);
});
