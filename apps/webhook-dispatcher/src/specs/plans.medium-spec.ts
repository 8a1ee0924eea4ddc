import { type Receiver, startReceiver, until } from '@signalbox/testing';
import { type DispatcherUnderTest, startDispatcher } from './dispatcher-for-spec';

const WAVES = 30;
const EACH = 40;
const EVENTS = WAVES * EACH;

/** Statements are planned while the tables are empty, and nothing has been analysed or vacuumed since. */
describe('deliveries on a database that has just been made', () => {
  let hub: DispatcherUnderTest;
  let target: Receiver;
  beforeAll(async () => {
    hub = await startDispatcher();
    await hub.database.query('ALTER TABLE deliveries SET (autovacuum_enabled = false)');
    target = await startReceiver();
  });
  afterAll(async () => {
    await target.close();
    await hub.stop();
    await hub.drop();
  });

  it('are found by their ids, however many there are', async () => {
    await hub.createWebhook({ url: target.url });
    for (let wave = 0; wave < WAVES; wave += 1) {
      await Promise.all(Array.from({ length: EACH }, () => hub.publish()));
      await hub.settled();
    }
    const read = async () => {
      const { rows } = await hub.database.query<{ updated: number; by_scan: number; by_holder: number }>(
        `SELECT t.n_tup_upd::int AS updated, t.seq_tup_read::int AS by_scan, i.idx_tup_read::int AS by_holder
           FROM pg_stat_user_tables t JOIN pg_stat_user_indexes i USING (relid)
          WHERE t.schemaname = 'webhooks' AND i.indexrelname = 'deliveries_claimed'`,
      );
      return rows[0] ?? { updated: 0, by_scan: 0, by_holder: 0 };
    };
    await until('the server has counted', 15_000, async () => (await read()).updated >= EVENTS);
    const { by_scan: byScan, by_holder: byHolder } = await read();
    expect(byScan).toBe(0);
    // Whoever looks now and then what he holds reads some.
    expect(byHolder).toBeLessThan(EVENTS * 3);
  }, 60_000);
});
