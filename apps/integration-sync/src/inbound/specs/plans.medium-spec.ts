import { type Database, newId } from '@signalbox/database';
import { until } from '@signalbox/testing';
import { startDatabase } from '../../specs/database-for-spec';
import { EventWriter } from '../intake/event-writer';
import { ClaimsRepository } from '../processing/claims.repository';
import type { Processor } from '../processing/processor';
import { newEvent } from './new-event-for-spec';

const BATCHES = 80;
const EACH = 16;
const EVENTS = BATCHES * EACH;
const MEBIBYTE = 1024 * 1024;

/** Statements are planned while the tables are empty, and nothing has been analysed or vacuumed since. */
describe('inbound events on a database that has just been made', () => {
  let database: Database;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ database, stop } = await startDatabase());
    await database.query('ALTER TABLE inbound_events SET (autovacuum_enabled = false)');
  }, 60_000);

  afterAll(() => stop());

  const event = (endpointId: string, deliveryId: string) => newEvent({ endpointId, deliveryId });

  async function read(index: string): Promise<{ updated: number; byScan: number; byIndex: number }> {
    const { rows } = await database.query<{ updated: string; scanned: string; read: string }>(
      `SELECT t.n_tup_upd AS updated, t.seq_tup_read AS scanned, i.idx_tup_read AS read
         FROM pg_stat_user_tables t JOIN pg_stat_user_indexes i USING (relid)
        WHERE t.schemaname = 'integrations' AND i.indexrelname = $1`,
      [index],
    );
    const [row] = rows;
    return { updated: Number(row?.updated), byScan: Number(row?.scanned), byIndex: Number(row?.read) };
  }

  it('are stored and settled by their ids, however many there are', async () => {
    const writer = new EventWriter(database, { room: { events: EACH, weight: 1e6 } } as Processor);
    const claims = new ClaimsRepository(database);
    const endpoint = newId();
    for (let batch = 0; batch < BATCHES; batch += 1) {
      // Every second batch brings one that came before.
      const ids = Array.from({ length: EACH }, (_, n) => (n === 0 ? `first ${batch >> 1}` : `${batch} ${n}`));
      const stored = await Promise.all(ids.map((id) => writer.add(event(endpoint, id))));
      const fresh = stored.filter(({ duplicate }) => !duplicate);
      expect(fresh).toHaveLength(batch % 2 === 0 ? EACH : EACH - 1);
      const results = fresh.map(({ id, claim }) => ({
        id,
        claim: claim?.id ?? '',
        status: 'processed' as const,
        reason: null,
        retryInMs: null,
        counts: true,
      }));
      expect(await claims.settle(results)).toEqual(new Map([['processed', fresh.length]]));
    }
    const stored = EVENTS - BATCHES / 2;
    await until('the server has counted', 15_000, async () => {
      return (await read('inbound_events_of')).updated >= stored;
    });
    expect(await read('inbound_events_of')).toMatchObject({ byScan: 0, byIndex: 0 });
    expect((await read('inbound_events_due')).byIndex).toBe(0);
    expect((await read('inbound_events_delivery')).byIndex).toBeLessThan(EVENTS);
  }, 60_000);

  it('are claimed as they are stored while there is room, then as many at once as fit; what is given back is not tried', async () => {
    const room = { events: 100, weight: 3 * MEBIBYTE };
    const writer = new EventWriter(database, { room } as Processor);
    const claims = new ClaimsRepository(database);
    const endpoint = newId();
    const large = (id: string) => ({ ...event(endpoint, id), body: Buffer.alloc(MEBIBYTE) });
    const many = { ...event(endpoint, 'many'), parts: 1_000 };
    const ids = Array.from({ length: 12 }, (_, n) => `large ${n}`);
    const stored = await Promise.all([...ids.map(large), many].map((one) => writer.add(one)));
    const taken = stored.filter(({ claim }) => claim !== null);
    expect(taken).toHaveLength(2);
    expect(stored.at(-1)?.claim).toBeNull();

    const first = await claims.claim(newId(), 64, 1_000);
    expect(first.map(({ attempts }) => attempts)).toEqual(Array(8).fill(1));
    const claim = newId();
    expect(await claims.claim(claim, 64, 1_000)).toHaveLength(3);
    expect(await claims.claim(newId(), 64, 1_000)).toEqual([]);

    await claims.giveBack(taken.map((one) => ({ id: one.id, claim: one.claim?.id ?? '' })));
    await claims.giveBack([{ id: first[0]?.id ?? '', claim }]);
    const again = await claims.claim(newId(), 64, 1_000);
    expect(again.map(({ id }) => id).sort()).toEqual(taken.map(({ id }) => id).sort());
    expect(again.map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  it('are left to others where they tell of more than is asked for', async () => {
    const claims = new ClaimsRepository(database);
    const writer = new EventWriter(database, { room: { events: 0, weight: 0 } } as Processor);
    const [few, many] = await Promise.all(
      [64, 65].map((parts) => writer.add({ ...event(newId(), 'parts'), parts })),
    );
    const claimed = async (mostParts: number) =>
      (await claims.claim(newId(), 64, mostParts)).map(({ id }) => id);
    expect(await claimed(64)).toEqual([few?.id]);
    expect(await claimed(65)).toEqual([many?.id]);
  });

  it('have as many attempts as came to an end that counts, or to none', async () => {
    const claims = new ClaimsRepository(database);
    const { id } = await new EventWriter(database, { room: { events: 0, weight: 0 } } as Processor).add(
      event(newId(), 'tried'),
    );
    const attempts: (number | undefined)[] = [];
    for (const counts of [false, false, true, null, false, true]) {
      const claim = newId();
      const [claimed] = await claims.claim(claim, 64, 1_000);
      attempts.push(claimed?.attempts);
      // Due already, also where the server rounds the time up.
      const result = { id, claim, status: 'pending' as const, reason: null, retryInMs: -1_000 };
      if (counts !== null) await claims.settle([{ ...result, counts }]);
      // Whoever had it died.
      else
        await database.query('UPDATE inbound_events SET next_attempt_at = received_at WHERE id = $1', [id]);
    }
    expect(attempts).toEqual([1, 1, 1, 2, 3, 3]);
    const { rows } = await database.query('SELECT attempts FROM inbound_events WHERE id = $1', [id]);
    expect(rows).toEqual([{ attempts: 3 }]);
    await database.query('DELETE FROM inbound_events WHERE id = $1', [id]);
  });

  it('stay with whoever renews the claim, and nobody else', async () => {
    const claims = new ClaimsRepository(database);
    const { id } = await new EventWriter(database, { room: { events: 0, weight: 0 } } as Processor).add(
      event(newId(), 'one'),
    );
    const claim = newId();
    await claims.claim(claim, 64, 1_000);
    await database.query('UPDATE inbound_events SET next_attempt_at = now() WHERE id = $1', [id]);
    expect(await claims.renew(id, claim)).toBe(true);
    expect(await claims.claim(newId(), 64, 1_000)).toEqual([]);
    expect(await claims.renew(id, newId())).toBe(false);
  });
});
