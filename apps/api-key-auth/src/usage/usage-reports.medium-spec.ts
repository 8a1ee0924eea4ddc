import { randomUUID } from 'node:crypto';
import {
  usageReportOperations,
  type CallContext,
  type Principal,
  type UsageReportInput,
} from '@signalbox/contracts';
import { ADMIN, RunningAuth, refusal } from '../running-auth-for-spec';
import { record, rolledUp, store } from './usage-records-for-spec';

const input = (fields: Partial<UsageReportInput> = {}): UsageReportInput => ({
  name: `report ${randomUUID()}`,
  group_by: ['endpoint', 'status'],
  ...fields,
});

describe('usage reports', () => {
  let auth: RunningAuth;
  beforeAll(async () => {
    auth = await RunningAuth.start();
    await store(auth, [
      ...Array.from({ length: 3 }, () => record({ endpoint: '/a', duration_us: 10_000 })),
      record({ endpoint: '/a', status: 500 }),
      record({ endpoint: '/b', caller_kind: 'user', caller_id: 'u', project_id: 'apollo' }),
      record({ endpoint: '/b', time: new Date(Date.now() - 5 * 86_400_000).toISOString() }),
    ]);
    await rolledUp(auth);
  }, 60_000);
  afterAll(() => auth.stop());

  const as = { principal: ADMIN };
  const create = (fields: Partial<UsageReportInput> = {}, context: Partial<CallContext> = {}) =>
    auth.call(usageReportOperations.create, input(fields), { ...as, ...context });
  const run = (id: string, range: { from?: string; to?: string } = {}) =>
    auth.call(usageReportOperations.run, { id, ...range }, as);

  it('are kept, changed and removed', async () => {
    const made = await create({
      name: 'errors',
      description: 'Who fails',
      filter: { status: '5xx' },
      days: 7,
    });
    expect(made).toMatchObject({
      name: 'errors',
      description: 'Who fails',
      group_by: ['endpoint', 'status'],
      filter: { status: '5xx' },
      granularity: 'day',
      days: 7,
      created_by: ADMIN.id,
    });
    expect(await auth.call(usageReportOperations.get, { id: made.id }, as)).toEqual(made);
    expect(await auth.call(usageReportOperations.list, { page: 1, size: 10 }, as)).toMatchObject({
      items: [made],
      total: 1,
    });
    const changes = { name: 'failures', group_by: ['key' as const], description: null };
    expect(await auth.call(usageReportOperations.update, { id: made.id, changes }, as)).toEqual({
      ...made,
      ...changes,
      updated_at: expect.any(String),
    });
    expect(await auth.call(usageReportOperations.remove, { id: made.id }, as)).toEqual({
      id: made.id,
      deleted: true,
    });
    for (const id of [made.id, 'no-id']) {
      const gone = { code: 'NOT_FOUND', resource: 'resource' };
      expect(await refusal(auth.call(usageReportOperations.get, { id }, as))).toMatchObject(gone);
      expect(await refusal(auth.call(usageReportOperations.remove, { id }, as))).toMatchObject(gone);
      expect(await refusal(auth.call(usageReportOperations.update, { id, changes }, as))).toMatchObject(gone);
      expect(await refusal(run(id))).toMatchObject(gone);
    }
  });

  it('have names of their own', async () => {
    const { id } = await create({ name: 'one' });
    const taken = { code: 'CONFLICT', messageKey: 'usage_report.name_taken' };
    expect(await refusal(create({ name: 'one' }))).toMatchObject(taken);
    const { id: other } = await create({ name: 'two' });
    const changes = { name: 'one' };
    expect(await refusal(auth.call(usageReportOperations.update, { id: other, changes }, as))).toMatchObject(
      taken,
    );
    expect(await auth.call(usageReportOperations.update, { id, changes }, as)).toMatchObject(changes);
  });

  it('are made once when the same request is run again', async () => {
    const idempotencyId = randomUUID();
    const first = await create({ name: 'again' }, { idempotencyId });
    expect(await create({ name: 'again' }, { idempotencyId })).toEqual(first);
  });

  it('group the sums', async () => {
    const { id } = await create();
    const { rows, truncated } = await run(id);
    expect(truncated).toBe(false);
    expect(rows).toMatchObject([
      { group: { endpoint: '/a', status: '200' }, requests: 3, failed: 0, average_response_time: 10 },
      { group: { endpoint: '/b', status: '200' }, requests: 2, failed: 0 },
      { group: { endpoint: '/a', status: '500' }, requests: 1, failed: 1 },
    ]);
    expect(Math.abs((rows[0]?.p95 ?? 0) - 10)).toBeLessThanOrEqual(0.21);
  });

  it('group by time and by who called, and say null where nobody did', async () => {
    const { id } = await create({
      group_by: ['user', 'project', 'time'],
      filter: { endpoint: '/b' },
      days: 3,
    });
    const today = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
    expect((await run(id)).rows).toMatchObject([
      { group: { user: 'u', project: 'apollo', time: today }, requests: 1 },
    ]);
    const from = new Date(Date.now() - 10 * 86_400_000).toISOString();
    expect((await run(id, { from })).rows).toHaveLength(2);
    expect(
      (await run(id, { from, to: new Date(Date.now() - 3 * 86_400_000).toISOString() })).rows,
    ).toMatchObject([{ group: { user: null, project: null }, requests: 1 }]);
  });

  it('cover no more than a series may have points', async () => {
    expect((await create({ granularity: 'minute' })).days).toBe(1);
    for (const [granularity, most] of [
      ['minute', 1],
      ['hour', 62],
      ['day', 400],
    ] as const) {
      const { id } = await create({ granularity, days: most });
      expect((await run(id)).rows).toBeDefined();
      const refused = { code: 'VALIDATION_FAILED', fields: [{ field: 'days', params: { max: most } }] };
      expect(await refusal(create({ granularity, days: most + 1 }))).toMatchObject(refused);
      const changes = { days: most + 1 };
      expect(await refusal(auth.call(usageReportOperations.update, { id, changes }, as))).toMatchObject(
        refused,
      );
    }
  });

  it('keep no text that cannot be stored', async () => {
    expect(await refusal(create({ name: 'a\0b' }))).toMatchObject({ fields: [{ field: 'name' }] });
    expect(await refusal(create({ filter: { endpoint: '\0' } }))).toMatchObject({
      fields: [{ field: 'endpoint' }],
    });
  });

  it.each<[string, Principal]>([
    ['a viewer', { ...ADMIN, role: 'viewer' }],
    [
      'an administrator’s key that is confined',
      { kind: 'api_key', id: 'k', name: 'k', scopes: ['admin'], projects: ['a'] },
    ],
  ])('are for administrators of the whole hub only, and not for %s', async (_who, principal) => {
    const { id } = await create();
    const viewer = { principal };
    const calls = [
      auth.call(usageReportOperations.list, { page: 1, size: 1 }, viewer),
      auth.call(usageReportOperations.create, input(), viewer),
      auth.call(usageReportOperations.get, { id }, viewer),
      auth.call(usageReportOperations.update, { id, changes: {} }, viewer),
      auth.call(usageReportOperations.remove, { id }, viewer),
      auth.call(usageReportOperations.run, { id }, viewer),
    ];
    for (const call of calls) expect(await refusal(call)).toMatchObject({ code: 'FORBIDDEN' });
  });
});
