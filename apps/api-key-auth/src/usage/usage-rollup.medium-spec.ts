import { Test, type TestingModule } from '@nestjs/testing';
import { createTransport } from '@signalbox/rpc';
import { testLog, until } from '@signalbox/testing';
import { AuthModule } from '../auth.module';
import { RunningAuth } from '../running-auth-for-spec';
import { UsageKeeper } from './usage-keeper';
import { forgetUsage, record, rolledUp, store } from './usage-records-for-spec';

const NOON = Date.parse(new Date().toISOString().slice(0, 10)) - 12 * 3_600_000;
const at = (ms: number) => new Date(NOON + ms).toISOString();

describe('rolling records up', () => {
  let auth: RunningAuth;
  let module: TestingModule;
  let keeper: UsageKeeper;
  const log = testLog();

  beforeAll(async () => {
    auth = await RunningAuth.start({ USAGE_RETENTION_DAYS: '10' });
    await auth.addReplica();
    const transport = await createTransport(auth.config, log);
    module = await Test.createTestingModule({
      imports: [AuthModule.of({ config: auth.config, transport, log })],
    }).compile();
    keeper = module.get(UsageKeeper);
  }, 60_000);
  afterAll(async () => {
    await module.close();
    await auth.stop();
  });
  beforeEach(() => forgetUsage(auth));

  const sums = (grain: string) =>
    auth.sql<Record<string, unknown>>(
      `SELECT bucket, status, requests::int, duration_us::int, bytes_in::int, bytes_out::int, latency
         FROM usage_rollups WHERE grain = $1 ORDER BY bucket, status`,
      [grain],
    );

  it('sums by minute, hour and day', async () => {
    await store(auth, [
      record({ time: at(0), duration_us: 1_000, bytes_in: 1 }),
      record({ time: at(59_999), duration_us: 3_000, bytes_in: 2 }),
      record({ time: at(60_000), duration_us: 1_000 }),
      record({ time: at(3_600_000), status: 500 }),
    ]);
    await store(auth, [record({ time: at(1), duration_us: 1_000 })]);
    await rolledUp(auth);
    const minute = { status: 200, bytes_out: 300, bytes_in: 3, requests: 3, duration_us: 5_000 };
    expect(await sums('minute')).toMatchObject([
      { ...minute, bucket: new Date(at(0)) },
      { requests: 1, duration_us: 1_000, bucket: new Date(at(60_000)) },
      { requests: 1, status: 500, bucket: new Date(at(3_600_000)) },
    ]);
    const [first] = await sums('minute');
    expect(Object.values(first?.latency as object).sort()).toEqual([1, 2]);
    expect(await sums('hour')).toMatchObject([
      { requests: 4, duration_us: 6_000, bucket: new Date(at(0)) },
      { requests: 1, status: 500, bucket: new Date(at(3_600_000)) },
    ]);
    expect(await sums('day')).toMatchObject([
      { requests: 4, status: 200, bucket: new Date(at(-12 * 3_600_000)) },
      { requests: 1, status: 500 },
    ]);
  });

  it('counts each record once, whoever rolls up, while more comes in', async () => {
    let stored = 0;
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([
        ...Array.from({ length: 30 }, async (_each, i) => {
          const records = Array.from({ length: 20 }, (_one, n) =>
            record({ status: n % 2 ? 200 : 404, time: at(i * 1_000) }),
          );
          const answer = await store(auth, records, undefined, i % 2);
          stored += answer.stored;
        }),
        keeper.rollUp(),
        keeper.rollUp(),
      ]);
    }
    await Promise.all([keeper.rollUp(), rolledUp(auth)]);
    expect(stored).toBe(3_000);
    for (const grain of ['minute', 'hour', 'day']) {
      const [row] = await auth.sql<{ requests: number; steps: number }>(
        `SELECT sum(requests)::int AS requests, sum((SELECT sum(value::int) FROM jsonb_each_text(latency)))::int AS steps
           FROM usage_rollups WHERE grain = $1`,
        [grain],
      );
      expect(row).toEqual({ requests: stored, steps: stored });
    }
  });

  it('knows the last name of a caller', async () => {
    await store(auth, [
      record({ time: at(0), caller_name: 'old' }),
      record({ time: at(5), caller_name: 'new' }),
    ]);
    await store(auth, [record({ caller_kind: null, caller_id: null, caller_name: null })]);
    await rolledUp(auth);
    expect(await auth.sql('SELECT * FROM usage_callers')).toEqual([
      { kind: 'api_key', id: 'key-1', name: 'new' },
    ]);
  });

  it('makes the days that come and drops those past their retention, with what is old among the sums', async () => {
    const day = 86_400_000;
    const days = async () =>
      (
        await auth.sql<{ name: string }>(
          `SELECT c.relname AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
            WHERE inhparent = 'usage_logs'::regclass ORDER BY 1`,
        )
      ).map(({ name }) => name.slice(-8));
    const name = (offset: number) =>
      new Date(Date.now() + offset * day).toISOString().slice(0, 10).replaceAll('-', '');
    await store(auth, [record({ time: new Date(Date.now() - 9 * day).toISOString() })]);
    await store(auth, [record()]);
    await rolledUp(auth);
    await Promise.all([keeper.tidy(), keeper.tidy()]);
    expect(await days()).toEqual(expect.arrayContaining([-9, -1, 0, 1, 2, 3].map(name)));
    // As if five days had gone by.
    await keeper.tidy(Date.now() + 5 * day);
    expect(await days()).toEqual(expect.arrayContaining([4, 5, 6, 7, 8].map(name)));
    expect(await days()).not.toContain(name(-9));
    expect(await days()).toContain(name(-1));
    expect(await auth.sql(`SELECT grain FROM usage_rollups ORDER BY 1`)).toEqual(
      ['day', 'day', 'hour', 'hour', 'minute'].map((grain) => ({ grain })),
    );
    await auth.sql(`UPDATE usage_batches SET received_at = now() - interval '4 days'`);
    await keeper.tidy();
    expect(await auth.sql('SELECT 1 FROM usage_batches')).toEqual([]);
  });

  it('goes on after a failure', async () => {
    await auth.sql('ALTER TABLE usage_rollups RENAME TO hidden');
    await store(auth, [record()]);
    // Where another is at it just now there is nothing to fail at.
    await until('it fails here', 10_000, () =>
      keeper.rollUp().then(
        () => false,
        () => true,
      ),
    );
    await auth.sql('ALTER TABLE hidden RENAME TO usage_rollups');
    await rolledUp(auth);
    expect(await sums('day')).toMatchObject([{ requests: 1 }]);
  });
});
