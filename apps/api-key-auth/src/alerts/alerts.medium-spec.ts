import { randomUUID } from 'node:crypto';
import { ALERT_LIMITS, alertOperations, type AlertInput, type CallContext } from '@signalbox/contracts';
import { ADMIN, RunningAuth, refusal } from '../running-auth-for-spec';

const input = (fields: Partial<AlertInput> = {}): AlertInput => ({
  name: `alert ${randomUUID()}`,
  metric: 'error_rate',
  operator: 'gt',
  threshold: 5,
  window_minutes: 5,
  ...fields,
});

describe('alerts', () => {
  let auth: RunningAuth;
  beforeAll(async () => {
    auth = await RunningAuth.start();
  }, 60_000);
  afterAll(() => auth.stop());

  const as = { principal: ADMIN };
  const create = (fields: Partial<AlertInput> = {}, context: Partial<CallContext> = {}) =>
    auth.call(alertOperations.create, input(fields), { ...as, ...context });
  const update = (id: string, changes: Partial<AlertInput>) =>
    auth.call(alertOperations.update, { id, changes }, as);

  it('are kept, changed and removed', async () => {
    const filter = { surface: 'administration', status: '5xx' };
    const made = await create({ name: 'errors', filter, is_active: false });
    expect(made).toEqual({
      id: expect.any(String),
      name: 'errors',
      metric: 'error_rate',
      operator: 'gt',
      threshold: 5,
      unit: '%',
      window_minutes: 5,
      percentile: null,
      filter,
      is_active: false,
      state: 'ok',
      since: null,
      last_value: null,
      last_evaluated_at: null,
      created_by: ADMIN.id,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(await auth.call(alertOperations.get, { id: made.id }, as)).toEqual(made);
    expect(await auth.call(alertOperations.list, { page: 1, size: 10 }, as)).toEqual({
      items: [made],
      total: 1,
      page: 1,
      size: 10,
    });
    const changed = await update(made.id, { metric: 'response_time', percentile: 99, threshold: 250.5 });
    expect(changed).toEqual({
      ...made,
      metric: 'response_time',
      unit: 'ms',
      percentile: 99,
      threshold: 250.5,
      updated_at: expect.any(String),
    });
    expect(await auth.call(alertOperations.history, { id: made.id, page: 1, size: 10 }, as)).toEqual({
      items: [],
      total: 0,
      page: 1,
      size: 10,
    });
    expect(await auth.call(alertOperations.remove, { id: made.id }, as)).toEqual({
      id: made.id,
      deleted: true,
    });
    const gone = { code: 'NOT_FOUND', resource: 'resource' };
    for (const id of [made.id, 'no-id']) {
      const refusals = await Promise.all(
        [
          auth.call(alertOperations.get, { id }, as),
          auth.call(alertOperations.remove, { id }, as),
          auth.call(alertOperations.history, { id, page: 1, size: 1 }, as),
          update(id, {}),
        ].map(refusal),
      );
      for (const answer of refusals) expect(answer).toMatchObject(gone);
    }
  });

  it('are evaluated by the running service', async () => {
    const { id } = await create({
      metric: 'request_count',
      operator: 'lt',
      threshold: 1,
      filter: { key: 'nobody' },
    });
    for (let n = 0; n < 100; n += 1) {
      const { state, last_value } = await auth.call(alertOperations.get, { id }, as);
      if (state === 'firing') return expect(last_value).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('It was not evaluated');
  }, 30_000);

  it('have names of their own', async () => {
    const { id } = await create({ name: 'one' });
    const taken = { code: 'CONFLICT', messageKey: 'alert.name_taken' };
    expect(await refusal(create({ name: 'one' }))).toMatchObject(taken);
    const { id: other } = await create({ name: 'two' });
    expect(await refusal(update(other, { name: 'one' }))).toMatchObject(taken);
    expect(await update(id, { name: 'one' })).toMatchObject({ name: 'one' });
  });

  it('are made once when the same request is run again', async () => {
    const idempotencyId = randomUUID();
    const first = await create({ name: 'again', is_active: false }, { idempotencyId });
    expect(await create({ name: 'again', is_active: false }, { idempotencyId })).toEqual(first);
  });

  it('are checked as a whole when they are changed', async () => {
    const { id } = await create({ filter: { key: 'k', endpoint: '/' } });
    expect(await refusal(update(id, { metric: 'quota_share' }))).toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field: 'filter.endpoint', key: 'alert.not_of_metric', params: { metric: 'quota_share' } }],
    });
    expect(await auth.call(alertOperations.get, { id }, as)).toMatchObject({ metric: 'error_rate' });
    expect(await update(id, { metric: 'quota_share', filter: { key: 'k' } })).toMatchObject({
      metric: 'quota_share',
    });
  });

  it('are as many as there may be', async () => {
    const { total } = await auth.call(alertOperations.list, { page: 1, size: 1 }, as);
    const left = ALERT_LIMITS.alerts - total;
    const answers = await Promise.allSettled(
      Array.from({ length: left + 5 }, () => create({ is_active: false })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(left);
    expect(await refusal(create())).toMatchObject({ code: 'CONFLICT', messageKey: 'alert.too_many' });
    await auth.sql('DELETE FROM alerts');
  });

  it('are for administrators only', async () => {
    const { id } = await create();
    const viewer = { principal: { ...ADMIN, role: 'integration_manager' as const } };
    const calls = [
      auth.call(alertOperations.list, { page: 1, size: 1 }, viewer),
      auth.call(alertOperations.create, input(), viewer),
      auth.call(alertOperations.get, { id }, viewer),
      auth.call(alertOperations.update, { id, changes: {} }, viewer),
      auth.call(alertOperations.remove, { id }, viewer),
      auth.call(alertOperations.history, { id, page: 1, size: 1 }, viewer),
    ];
    for (const answer of await Promise.all(calls.map(refusal)))
      expect(answer).toMatchObject({ code: 'FORBIDDEN' });
  });
});
