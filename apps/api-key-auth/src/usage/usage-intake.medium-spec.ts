import { randomUUID } from 'node:crypto';
import { RunningAuth, refusal } from '../running-auth-for-spec';
import { forgetUsage, record, store } from './usage-records-for-spec';

describe('taking the records of requests', () => {
  let auth: RunningAuth;
  beforeAll(async () => {
    auth = await RunningAuth.start({ USAGE_RETENTION_DAYS: '10' });
    await auth.addReplica();
  }, 60_000);
  afterAll(() => auth.stop());
  beforeEach(() => forgetUsage(auth));

  const logs = () => auth.sql<Record<string, unknown>>('SELECT * FROM usage_logs ORDER BY time, id');
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

  it('stores every field', async () => {
    const one = record({ project_id: 'p', error_code: 'NOT_FOUND', status: 404, bytes_in: 2 ** 40 });
    expect(await store(auth, [one])).toEqual({ stored: 1 });
    expect(await logs()).toEqual([
      {
        ...one,
        id: expect.any(String),
        batch_id: expect.any(String),
        time: new Date(one.time),
        bytes_in: String(2 ** 40),
        bytes_out: '100',
      },
    ]);
  });

  it('stores nobody in particular as nobody', async () => {
    await store(auth, [record({ caller_kind: null, caller_id: null, caller_name: null })]);
    expect(await logs()).toMatchObject([{ caller_kind: null, caller_id: null, caller_name: null }]);
  });

  it('stores a batch once, however often and wherever it comes', async () => {
    const id = randomUUID();
    const records = Array.from({ length: 1_000 }, () => record());
    const answers = await Promise.all([0, 1, 0, 1, 0, 1].map((replica) => store(auth, records, id, replica)));
    expect(answers.map(({ stored }) => stored).sort()).toEqual([0, 0, 0, 0, 0, 1_000]);
    expect(await store(auth, records, id)).toEqual({ stored: 0 });
    expect(await logs()).toHaveLength(1_000);
  });

  it('stores what comes days late on its own day', async () => {
    const times = [ago(5), ago(7)];
    await Promise.all(
      [0, 1].map((replica) =>
        store(
          auth,
          times.map((time) => record({ time })),
          randomUUID(),
          replica,
        ),
      ),
    );
    const days = await auth.sql<{ day: string }>(
      'SELECT DISTINCT tableoid::regclass::text AS day FROM usage_logs',
    );
    const nameOf = (time: string) => `usage_logs_${time.slice(0, 10).replaceAll('-', '')}`;
    expect(days.map(({ day }) => day).sort()).toEqual(times.map(nameOf).sort());
    expect(await logs()).toHaveLength(4);
  });

  it('drops what its retention has passed, and takes the future for now', async () => {
    const records = [ago(30), ago(-3), ago(0)].map((time) => record({ time }));
    expect(await store(auth, records)).toEqual({ stored: 2 });
    for (const { time } of await logs()) expect(Math.abs(Date.now() - Number(time))).toBeLessThan(60_000);
    expect(await store(auth, [record({ time: ago(30) })])).toEqual({ stored: 0 });
  });

  it('takes an empty batch, and none that is too large', async () => {
    expect(await store(auth, [])).toEqual({ stored: 0 });
    expect(
      await refusal(
        store(
          auth,
          Array.from({ length: 1_001 }, () => record()),
        ),
      ),
    ).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(await logs()).toEqual([]);
  });
});
