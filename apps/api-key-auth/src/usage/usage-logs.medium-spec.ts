import {
  USAGE_EXPORT_BATCH,
  usageOperations,
  type Principal,
  type UsageCursor,
  type UsageLogView,
} from '@signalbox/contracts';
import { ADMIN, RunningAuth, refusal } from '../running-auth-for-spec';
import { forgetUsage, record, store } from './usage-records-for-spec';

const START = Date.now() - 3_600_000;
const at = (ms: number) => new Date(START + ms).toISOString();
const RANGE = { from: at(0), to: at(3_600_000) };
const VIEWER: Principal = { ...ADMIN, role: 'viewer' };

describe('the records of requests', () => {
  let auth: RunningAuth;
  beforeAll(async () => {
    auth = await RunningAuth.start();
  }, 60_000);
  afterAll(() => auth.stop());
  beforeEach(() => forgetUsage(auth));

  const list = (filter: object = {}, principal: Principal = ADMIN) =>
    auth.call(usageOperations.logs, { ...RANGE, page: 1, size: 2, ...filter }, { principal });
  const names = (items: readonly UsageLogView[]) => items.map(({ request_id }) => request_id);

  it('are listed newest first, a page at a time', async () => {
    const [a, b, c] = [0, 1, 2].map((n) =>
      record({ time: at(n), request_id: String(n), duration_us: 1_234 }),
    );
    if (!a || !b || !c) throw new Error('unreachable');
    await store(auth, [b, c, a, record({ time: at(-1) }), record({ time: RANGE.to })]);
    const { duration_us: _us, ...fields } = c;
    const first = await list();
    expect(first).toMatchObject({ total: 3, page: 1, size: 2 });
    expect(first.items[0]).toEqual({ ...fields, id: expect.any(String), duration_ms: 1.234 });
    expect(names(first.items)).toEqual(['2', '1']);
    expect(names((await list({ page: 2 })).items)).toEqual(['0']);
  });

  it.each([
    [{ key: 'k' }, ['key']],
    [{ user: 'k' }, ['user']],
    [{ status: '4xx' }, ['status']],
    [{ status: '404' }, ['status']],
    [{ endpoint: '/x' }, ['endpoint']],
    [{ method: 'PUT' }, ['method']],
    [{ surface: 'automation' }, ['surface']],
    [{ project_id: 'apollo' }, ['project']],
  ])('are filtered by %j', async (filter, found) => {
    const caller_name = null;
    await store(auth, [
      record({ time: at(1), request_id: 'other' }),
      record({ time: at(1), request_id: 'key', caller_id: 'k', caller_name }),
      record({ time: at(1), request_id: 'user', caller_kind: 'user', caller_id: 'k', caller_name }),
      record({ time: at(1), request_id: 'status', status: 404 }),
      record({ time: at(1), request_id: 'endpoint', endpoint: '/x' }),
      record({ time: at(1), request_id: 'method', method: 'PUT' }),
      record({ time: at(1), request_id: 'surface', surface: 'automation' }),
      record({ time: at(1), request_id: 'project', project_id: 'apollo' }),
    ]);
    const { items, total } = await list(filter);
    expect(names(items)).toEqual(found);
    expect(total).toBe(1);
  });

  it('are exported oldest first, a batch at a time, each once', async () => {
    const count = USAGE_EXPORT_BATCH * 2 + 5;
    await auth.sql(
      `INSERT INTO usage_logs (batch_id, time, request_id, method, endpoint, surface, status, duration_us, bytes_in,
         bytes_out, address)
       SELECT gen_random_uuid(), $1::timestamptz + (n / 10) * interval '1 millisecond', n, 'GET', '/', 's', 200, 1, 0, 0, ''
         FROM generate_series(1, $2) n`,
      [at(0), count],
    );
    const seen: UsageLogView[] = [];
    let after: UsageCursor | null = null;
    for (;;) {
      const batch: readonly UsageLogView[] = await auth.call(
        usageOperations.export,
        { ...RANGE, after },
        { principal: ADMIN },
      );
      seen.push(...batch);
      const last = batch.at(-1);
      if (batch.length < USAGE_EXPORT_BATCH || !last) break;
      after = { time: last.time, id: last.id };
    }
    expect(new Set(names(seen)).size).toBe(count);
    expect(seen).toHaveLength(count);
    const times = seen.map(({ time }) => time);
    expect(times).toEqual([...times].sort());
  });

  it('are those of its projects, and its own, for a confined administrator', async () => {
    await store(auth, [
      record({ time: at(1), request_id: 'project', project_id: 'apollo' }),
      record({ time: at(2), request_id: 'other', project_id: 'gemini' }),
      record({ time: at(3), request_id: 'none' }),
      record({ time: at(4), request_id: 'own', caller_id: 'key-7' }),
      record({ time: at(5), request_id: 'namesake', caller_id: 'key-7', caller_kind: 'user' }),
    ]);
    const principal: Principal = {
      kind: 'api_key',
      id: 'key-7',
      name: 'k',
      scopes: ['admin'],
      projects: ['apollo'],
    };
    const { items, total } = await list({}, principal);
    expect(names(items)).toEqual(['own', 'project']);
    expect(total).toBe(2);
    expect(names((await list({ project_id: 'gemini' }, principal)).items)).toEqual([]);
    const exported = await auth.call(usageOperations.export, { ...RANGE, after: null }, { principal });
    expect(names(exported)).toEqual(['project', 'own']);
    const rest = await auth.call(
      usageOperations.export,
      { ...RANGE, after: { time: exported[0]?.time ?? '', id: exported[0]?.id ?? '' } },
      { principal },
    );
    expect(names(rest)).toEqual(['own']);
    const reader: Principal = { ...principal, scopes: ['read', 'write'] };
    expect(await refusal(list({}, reader))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('are for administrators only', async () => {
    const forbidden = { code: 'FORBIDDEN' };
    expect(await refusal(list({}, VIEWER))).toMatchObject(forbidden);
    expect(
      await refusal(auth.call(usageOperations.export, { ...RANGE, after: null }, { principal: VIEWER })),
    ).toMatchObject(forbidden);
  });
});
