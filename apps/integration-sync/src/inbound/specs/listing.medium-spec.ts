import { setTimeout as sleep } from 'node:timers/promises';
import { AuditOutbox } from '@signalbox/audit';
import { type CallContext, SYSTEM } from '@signalbox/contracts';
import { Database, newId } from '@signalbox/database';
import { CallScope } from '@signalbox/observability';
import { testConfig, testLog, until } from '@signalbox/testing';
import { integrationsDatabase } from '../../database';
import { startDatabase } from '../../specs/database-for-spec';
import { InboundEventEntity } from '../events/inbound-event.entity';
import { type EventQuery, InboundEventsRepository } from '../events/events.repository';

/** That are read at once, and that wait. */
const [READ, WAITING] = [2, 16];
const COUNTED = 100_000;

describe('listing what came in', () => {
  let database: Database;
  let url: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ database, url, stop } = await startDatabase());
  }, 60_000);

  afterAll(() => stop());

  const eventsOf = (of: Database) =>
    new InboundEventsRepository(of.dataSource.getRepository(InboundEventEntity), of, new AuditOutbox(of));

  async function fill(
    of: Database,
    endpointId: string,
    count: number,
    type = 'github.push',
    status = 'processed',
  ) {
    await of.query(
      `INSERT INTO inbound_events (id, endpoint_id, provider, event_type, event, parts, method, url, headers, body, status,
         received_at)
       SELECT uuidv7(), $1, 'github', $3, 'x', 1, 'POST', 'x', '[]', '', $4, now() FROM generate_series(1, $2)`,
      [endpointId, count, type, status],
    );
  }

  const listed = (endpointId: string, query: Partial<EventQuery> = {}): EventQuery => ({
    endpointId,
    offset: 0,
    limit: 10,
    ...query,
  });

  it('counts what it shows, however much comes in meanwhile', async () => {
    const endpoint = newId();
    const events = eventsOf(database);
    let filling = true;
    const filled = (async () => {
      for (let n = 0; n < 300; n += 1) await fill(database, endpoint, 1);
      filling = false;
    })();
    const pages: [shown: number, total: number][] = [];
    while (filling) {
      const { items, total } = await events.page(listed(endpoint, { limit: 1_000 }));
      pages.push([items.length, total]);
    }
    await filled;
    expect(pages.length).toBeGreaterThan(10);
    expect(pages).toEqual(pages.map(([, total]) => [total, total]));
  });

  it('shows the newest first, chosen by type and status, each with what is listed of it', async () => {
    const endpoint = newId();
    await fill(database, endpoint, 3, 'github.push');
    await fill(database, endpoint, 2, 'github.pull_request.opened', 'failed');
    await fill(database, endpoint, 1, 'github.pull_requests');
    const events = eventsOf(database);
    const typesOf = async (query: Partial<EventQuery>) => {
      const { items, total } = await events.page(listed(endpoint, query));
      return [items.map(({ eventType }) => eventType.slice('github.'.length)), total];
    };
    const opened = 'pull_request.opened';
    expect(await typesOf({ limit: 4 })).toEqual([['pull_requests', opened, opened, 'push'], 6]);
    expect(await typesOf({ offset: 4 })).toEqual([['push', 'push'], 6]);
    expect(await typesOf({ offset: 6 })).toEqual([[], 6]);
    expect(await typesOf({ eventType: 'github.pull_request' })).toEqual([[opened, opened], 2]);
    expect(await typesOf({ eventType: `github.${opened}` })).toEqual([[opened, opened], 2]);
    expect(await typesOf({ status: 'failed', eventType: 'github.push' })).toEqual([[], 0]);
    expect(await typesOf({ status: 'processed', limit: 1 })).toEqual([['pull_requests'], 4]);
    const { items } = await events.page(listed(endpoint, { limit: 1 }));
    expect(items).toEqual([
      {
        id: expect.any(String) as unknown,
        endpointId: endpoint,
        deliveryId: null,
        provider: 'github',
        eventType: 'github.pull_requests',
        event: 'x',
        action: null,
        parts: 1,
        status: 'processed',
        reason: null,
        attempts: 0,
        nextAttemptAt: null,
        receivedAt: expect.any(Date) as unknown,
        processedAt: null,
      },
    ]);
  });

  it('counts up to a bound', async () => {
    const endpoint = newId();
    await fill(database, endpoint, COUNTED - 1);
    const events = eventsOf(database);
    const total = async () => (await events.page(listed(endpoint, { limit: 1 }))).total;
    expect(await total()).toBe(COUNTED - 1);
    await fill(database, endpoint, 2);
    expect(await total()).toBe(COUNTED);
    expect((await events.page(listed(endpoint, { offset: COUNTED }))).items).toHaveLength(1);
  }, 60_000);

  it('never takes more than two connections, nor longer than a while, and turns away who would wait behind many', async () => {
    const context = { principal: SYSTEM, deadline: Date.now() + 2_000 } as CallContext;
    const events = eventsOf(database);
    const endpoint = newId();
    const holding = await database.pool.connect();
    await holding.query('BEGIN; LOCK TABLE inbound_events IN ACCESS EXCLUSIVE MODE');
    const from = Date.now();
    try {
      const lists = Array.from({ length: READ + WAITING }, () =>
        CallScope.run(context, () => events.page(listed(endpoint, { eventType: 'zzz' }))).then(
          () => 'listed',
          (error: { code: string }) => error.code,
        ),
      );
      await until('they wait for the lock', 5_000, async () => {
        const { rows } = await database.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM inbound_events%'
             AND datname = current_database()`,
        );
        return rows.length === READ;
      });
      await expect(events.page(listed(endpoint))).rejects.toMatchObject({
        data: { code: 'SERVICE_UNAVAILABLE', retryAfter: 2 },
      });
      await sleep(100);
      expect(database.pool.totalCount - database.pool.idleCount).toBe(READ + 1);
      const became = await Promise.all(lists);
      expect(became.slice(0, READ)).toEqual(Array(READ).fill('DATABASE_UNAVAILABLE'));
      expect(became.slice(READ)).toEqual(Array(WAITING).fill('DEADLINE_EXCEEDED'));
      // The server's own bound is five times that.
      expect(Date.now() - from).toBeLessThan(12_000);
    } finally {
      await holding.query('ROLLBACK');
      holding.release();
    }
    expect(await events.page(listed(endpoint))).toEqual({ items: [], total: 0 });
  }, 30_000);

  it('reads from a replica where there is one', async () => {
    const replica = await startDatabase();
    const config = testConfig({ DATABASE_URL: url, DATABASE_REPLICA_URLS: replica.url });
    const both = await Database.open(integrationsDatabase, config, testLog());
    try {
      const endpoint = newId();
      await fill(replica.database, endpoint, 2);
      expect((await eventsOf(both).page(listed(endpoint))).total).toBe(2);
      expect((await eventsOf(database).page(listed(endpoint))).total).toBe(0);
    } finally {
      await both.close();
      await replica.stop();
    }
  }, 60_000);
});
