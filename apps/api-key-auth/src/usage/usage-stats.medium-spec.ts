import { randomUUID } from 'node:crypto';
import {
  usageOperations,
  type Principal,
  type UsageRecord,
  type UsageStatsQuery,
} from '@signalbox/contracts';
import { ADMIN, RunningAuth, refusal } from '../running-auth-for-spec';
import { record, rolledUp, store, WEBHOOKS } from './usage-records-for-spec';

const HOUR = 3_600_000;
const MIDNIGHT = Date.parse(new Date().toISOString().slice(0, 10)) - 24 * HOUR;
const at = (ms: number) => new Date(MIDNIGHT + ms).toISOString();
const key = (n: number) => ({ caller_id: `key-${n}`, caller_name: `Key ${n}` });
const user = (id: string) => ({ caller_kind: 'user' as const, caller_id: id, caller_name: id });

describe('usage statistics', () => {
  let auth: RunningAuth;

  const records: UsageRecord[] = [
    ...Array.from({ length: 100 }, (_each, n) =>
      record({ time: at(n * 1_000), duration_us: (n + 1) * 1_000, ...key(1) }),
    ),
    ...Array.from({ length: 10 }, (_each, n) =>
      record({ time: at(HOUR + n), status: 404, ...key(2), method: 'POST' }),
    ),
    record({ time: at(2 * HOUR), status: 500, endpoint: '/b', ...user('u'), project_id: 'apollo' }),
    record({
      time: at(2 * HOUR),
      status: 201,
      surface: 'code-review',
      caller_kind: null,
      caller_id: null,
      bytes_in: 7,
    }),
  ];

  beforeAll(async () => {
    auth = await RunningAuth.start();
    await store(auth, records);
    await rolledUp(auth);
  }, 60_000);
  afterAll(() => auth.stop());

  const stats = (query: Partial<UsageStatsQuery> = {}, principal: Principal = ADMIN) =>
    auth.call(
      usageOperations.stats,
      { from: at(0), to: at(24 * HOUR), granularity: 'hour', ...query },
      { principal },
    );

  it('tells everything of a day', async () => {
    expect(await stats()).toEqual({
      from: at(0),
      to: at(24 * HOUR),
      granularity: 'hour',
      totals: {
        requests: 112,
        failed: 11,
        bytes_in: 7,
        bytes_out: 11_200,
        average_response_time: expect.any(Number),
        p50: expect.any(Number),
        p95: expect.any(Number),
        p99: expect.any(Number),
      },
      by_endpoint: { [WEBHOOKS]: 111, '/b': 1 },
      by_status: { 200: 100, 201: 1, 404: 10, 500: 1 },
      by_hour: [
        { hour: at(0), count: 100 },
        { hour: at(HOUR), count: 10 },
        { hour: at(2 * HOUR), count: 2 },
      ],
      top_api_keys: [
        { id: 'key-1', name: 'Key 1', usage_count: 100 },
        { id: 'key-2', name: 'Key 2', usage_count: 10 },
      ],
      series: [0, 1, 2].map(
        (n) => expect.objectContaining({ time: at(n * HOUR), requests: [100, 10, 2][n] }) as unknown,
      ),
    });
  });

  it('tells percentiles within two per cent, and the mean exactly', async () => {
    const { totals, series } = await stats({ key: 'key-1' });
    for (const figures of [totals, series[0]]) {
      expect(figures?.average_response_time).toBe(50.5);
      for (const [name, truth] of [
        ['p50', 50],
        ['p95', 95],
        ['p99', 99],
      ] as const)
        expect(Math.abs((figures?.[name] ?? 0) - truth) / truth).toBeLessThanOrEqual(0.0205);
    }
  });

  it.each<[Partial<UsageStatsQuery>, number]>([
    [{ key: 'key-2' }, 10],
    [{ user: 'u' }, 1],
    [{ key: 'u' }, 0],
    [{ endpoint: '/b' }, 1],
    [{ method: 'POST' }, 10],
    [{ surface: 'code-review' }, 1],
    [{ status: '404' }, 10],
    [{ status: '2xx' }, 101],
    [{ status: '3xx' }, 0],
    [{ project_id: 'apollo' }, 1],
    [{ key: 'key-2', status: '200' }, 0],
    [{ from: at(HOUR), to: at(2 * HOUR) }, 10],
    [{ from: at(HOUR + 60_000), to: at(2 * HOUR) }, 10],
    [{ from: at(HOUR + 60_000), to: at(2 * HOUR), granularity: 'minute' }, 0],
    [{ from: at(30 * 1_000), to: at(90 * 1_000), granularity: 'minute' }, 100],
    [{ from: at(60 * 1_000), to: at(120 * 1_000), granularity: 'minute' }, 40],
    [{ granularity: 'day' }, 112],
    [{ from: at(-48 * HOUR), to: at(0) }, 0],
  ])('filters: %j', async (query, requests) => {
    const answer = await stats(query);
    expect(answer.totals.requests).toBe(requests);
    for (const counts of [answer.by_endpoint, answer.by_status])
      expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(requests);
    expect(answer.by_hour.reduce((sum, { count }) => sum + count, 0)).toBe(requests);
    expect(answer.series.reduce((sum, point) => sum + point.requests, 0)).toBe(requests);
    if (requests === 0) expect(answer.totals).toMatchObject({ average_response_time: null, p99: null });
  });

  it('tells the hours of whole days too', async () => {
    const { series, by_hour } = await stats({ granularity: 'day' });
    expect(series).toEqual([expect.objectContaining({ time: at(0), requests: 112 })]);
    expect(by_hour).toHaveLength(3);
  });

  const confined = (id: string, ...projects: string[]): Principal => ({
    kind: 'api_key',
    id,
    name: id,
    scopes: ['read'],
    projects,
  });

  it('shows a confined caller the requests of its projects, and what it called itself', async () => {
    expect(await stats({}, confined('key-2', 'apollo'))).toMatchObject({
      totals: { requests: 11 },
      by_endpoint: { [WEBHOOKS]: 10, '/b': 1 },
      top_api_keys: [{ id: 'key-2' }],
    });
    expect(await stats({}, confined('key-9', 'apollo'))).toMatchObject({
      totals: { requests: 1, failed: 1 },
      by_endpoint: { '/b': 1 },
      by_status: { 500: 1 },
      by_hour: [{ count: 1 }],
      series: [{ requests: 1 }],
    });
    expect(await stats({}, { ...confined('key-2', 'gemini'), kind: 'user' })).toMatchObject({
      totals: { requests: 0 },
    });
    expect(await stats({}, confined('key-9'))).toMatchObject({ totals: { requests: 0 } });
  });

  it.each<[Partial<UsageStatsQuery>, number]>([
    [{ key: 'key-1' }, 0],
    [{ project_id: 'apollo' }, 1],
    [{ project_id: 'gemini' }, 0],
    [{ user: 'u' }, 1],
    [{ status: '404' }, 10],
    [{ granularity: 'day' }, 11],
  ])('lets no filter widen what a confined caller sees: %j', async (query, requests) => {
    const seen = await stats(query, confined('key-2', 'apollo'));
    expect(seen.totals.requests).toBe(requests);
    expect(seen.by_hour.reduce((sum, { count }) => sum + count, 0)).toBe(requests);
  });

  it('names to a confined caller only the keys that it may see', async () => {
    const [inside, outside] = [randomUUID(), randomUUID()];
    for (const [id, projects] of [
      [inside, '{gemini}'],
      [outside, '{gemini,apollo}'],
    ]) {
      await auth.sql(
        `INSERT INTO api_keys (id, name, key_prefix, scopes, allowed_ips, rate_limit, created_by, is_active, project_ids)
         VALUES ($1, 'n', 'eak_', '{read}', '{}', 1, 'u', true, $2)`,
        [id, projects],
      );
    }
    const time = at(-20 * HOUR);
    const project_id = 'gemini';
    await store(auth, [
      record({ time, project_id, caller_id: inside }),
      record({ time, project_id, caller_id: outside }),
      record({ time, project_id, caller_id: 'unconfined' }),
    ]);
    await rolledUp(auth);
    const range = { from: at(-24 * HOUR), to: at(0) };
    const ids = async (principal: Principal) =>
      (await stats(range, principal)).top_api_keys.map(({ id }) => id).sort();
    expect(await ids(ADMIN)).toEqual([inside, outside, 'unconfined'].sort());
    expect(await ids(confined('key-9', 'gemini'))).toEqual([inside]);
    expect(await ids(confined(outside, 'gemini'))).toEqual([inside, outside].sort());
    expect(await stats(range, confined('key-9', 'gemini'))).toMatchObject({ totals: { requests: 3 } });
    await auth.sql('DELETE FROM api_keys');
  });

  it.each<[string, Partial<UsageStatsQuery>, string]>([
    ['an empty range', { from: at(HOUR), to: at(HOUR) }, 'to'],
    ['a range that ends before it begins', { from: at(HOUR), to: at(0) }, 'to'],
    ['more points than a series may have', { from: at(-24 * HOUR), granularity: 'minute' }, 'granularity'],
  ])('refuses %s', async (_what, query, field) => {
    expect(await refusal(stats(query))).toMatchObject({ code: 'VALIDATION_FAILED', fields: [{ field }] });
  });

  it('counts keys and the requests of a day for the dashboard', async () => {
    const [before] = await auth.sql<{ n: number }>('SELECT count(*)::int AS n FROM api_keys');
    expect(before?.n).toBe(0);
    const insert = (fields: string, values: string) =>
      auth.sql(
        `INSERT INTO api_keys (id, name, key_prefix, scopes, allowed_ips, rate_limit, created_by, is_active, ${fields})
         VALUES ($1, 'n', 'eak_', '{read}', '{}', 1, 'u', ${values})`,
        [randomUUID()],
      );
    await insert('project_ids', `true, '{voyager}'`);
    await insert('expires_at', `true, now() - interval '1 second'`);
    await insert('expires_at', `false, NULL`);
    await insert('revoked_at', `false, now()`);
    const dashboard = (principal: Principal) => auth.call(usageOperations.dashboard, {}, { principal });
    await store(auth, [record(), record({ ...key(2) }), record({ ...key(2), project_id: 'voyager' })]);
    await rolledUp(auth);
    const { api_requests_24h, ...keys } = await dashboard(ADMIN);
    expect(keys).toEqual({ total_api_keys: 3, active_api_keys: 1 });
    expect(api_requests_24h).toBeGreaterThanOrEqual(3);
    expect(
      await dashboard({ kind: 'api_key', id: 'key-3', name: 'k', scopes: ['read'], projects: ['voyager'] }),
    ).toEqual({
      total_api_keys: 1,
      active_api_keys: 1,
      api_requests_24h: 1,
    });
  });
});
