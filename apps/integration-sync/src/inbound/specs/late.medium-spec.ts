import { setTimeout as sleep } from 'node:timers/promises';
import { Database, newId } from '@signalbox/database';
import { testConfig, testLog, until } from '@signalbox/testing';
import { integrationsDatabase } from '../../database';
import { startDatabase } from '../../specs/database-for-spec';
import { EventWriter, LATE } from '../intake/event-writer';
import type { Processor } from '../processing/processor';
import { newEvent } from './new-event-for-spec';

const SOON_MS = 700;

/** Whoever sent it has been told to send it again. */
describe('what the database is too late to store', () => {
  let database: Database;
  let url: string;
  let stop: () => Promise<void>;
  let writer: EventWriter;
  let endpointId: string;

  beforeAll(async () => {
    ({ database, url, stop } = await startDatabase());
  }, 60_000);

  afterAll(() => stop());

  beforeEach(() => {
    writer = writerOn(database);
    endpointId = newId();
  });

  const writerOn = (on: Database) => new EventWriter(on, { room: { events: 8, weight: 1e6 } } as Processor);

  const event = (withinMs: number, deliveryId: string | null = null) =>
    newEvent({ endpointId, deliveryId, deadline: Date.now() + withinMs });

  const stored = async () =>
    (
      await database.query<{ id: string }>('SELECT id FROM inbound_events WHERE endpoint_id = $1', [
        endpointId,
      ])
    ).rows.map(({ id }) => id);

  /** Lets go of what the statement that stores waits for once the first deadlines are over. */
  async function letGoLate(what: string, values: unknown[] = []): Promise<() => Promise<void>> {
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await client.query(what, values);
    return async () => {
      await until('it waits for the lock', 5_000, async () => {
        const { rows } = await database.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%WITH input AS%'
             AND datname = current_database()`,
        );
        return rows.length === 1;
      });
      await sleep(SOON_MS);
      await client.query('ROLLBACK');
      client.release();
    };
  }

  it('because every connection was taken, is not stored; what has time yet is', async () => {
    const small = await Database.open(
      integrationsDatabase,
      testConfig({ DATABASE_URL: url, DATABASE_POOL_SIZE: '1' }),
      testLog(),
    );
    try {
      const connection = async () => (await small.query('SELECT pg_backend_pid() AS pid')).rows;
      const before = await connection();
      const held = await small.pool.connect();
      const patient = event(20_000);
      const alone = writerOn(small).add(event(SOON_MS));
      const inOneBatch = writerOn(small);
      const together = Promise.all([event(SOON_MS), patient].map((one) => inOneBatch.add(one)));
      await sleep(2 * SOON_MS);
      held.release();
      expect(await alone).toBe(LATE);
      expect(await together).toMatchObject([LATE, { id: patient.id, duplicate: false }]);
      expect(await stored()).toEqual([patient.id]);
      // Nothing was asked for in vain, which would have cost the connection.
      expect(await connection()).toEqual(before);
    } finally {
      await small.close();
    }
  }, 20_000);

  it('because of a lock on all of them, is not stored; what has time yet is', async () => {
    const letGo = await letGoLate('LOCK TABLE inbound_events IN ACCESS EXCLUSIVE MODE');
    const [soon, named, patient] = [event(SOON_MS), event(SOON_MS, 'named'), event(20_000)];
    const [results] = await Promise.all([
      Promise.all([soon, named, patient].map((one) => writer.add(one))),
      letGo(),
    ]);
    expect(results).toMatchObject([LATE, LATE, { id: patient.id, duplicate: false }]);
    expect(await stored()).toEqual([patient.id]);
  }, 20_000);

  it('is not stored where it comes alone either', async () => {
    const letGo = await letGoLate('LOCK TABLE inbound_events IN ACCESS EXCLUSIVE MODE');
    const [result] = await Promise.all([writer.add(event(SOON_MS)), letGo()]);
    expect(result).toBe(LATE);
    expect(await stored()).toEqual([]);
  }, 20_000);

  it('because of a lock in the middle of it, is not stored', async () => {
    const letGo = await letGoLate(
      `INSERT INTO inbound_events (id, endpoint_id, delivery_id, provider, event_type, event, parts, method, url, headers, body,
         status, received_at)
       VALUES ($1, $2, 'named', 'generic', 'generic.x', 'x', 1, 'POST', 'x', '[]', '', 'pending', now())`,
      [newId(), endpointId],
    );
    const batch = [event(SOON_MS), event(SOON_MS, 'named'), event(SOON_MS)];
    const [results] = await Promise.all([Promise.all(batch.map((one) => writer.add(one))), letGo()]);
    expect(results).toEqual([LATE, LATE, LATE]);
    expect(await stored()).toEqual([]);
    const again = event(20_000, 'named');
    expect(await writer.add(again)).toMatchObject({ id: again.id, duplicate: false });
  }, 20_000);
});
