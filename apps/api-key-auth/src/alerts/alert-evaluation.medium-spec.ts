import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALERT_OPERATORS, type AlertInput, type AlertMetric } from '@signalbox/contracts';
import { AlertsUnderTest } from './alerts-for-spec';

describe('the evaluation of alerts', () => {
  let alerts: AlertsUnderTest;
  beforeAll(async () => {
    alerts = await AlertsUnderTest.start();
  }, 60_000);
  beforeEach(() => alerts.empty());
  afterAll(() => alerts.stop());

  const key = async (rate_limit: number, fields = '') => {
    const id = randomUUID();
    await alerts.database.query(
      `INSERT INTO api_keys (id, name, key_prefix, scopes, allowed_ips, rate_limit, created_by, is_active${fields && ', revoked_at'})
       VALUES ($1, 'n', 'eak_', '{read}', '{}', $2, 'u', true${fields})`,
      [id, rate_limit],
    );
    return id;
  };
  const valueOf = async (fields: Partial<AlertInput>) => {
    const { id } = await alerts.create(fields);
    await alerts.evaluated();
    return (await alerts.get(id)).last_value;
  };

  it('compares each metric by each operator', async () => {
    const caller_id = await key(120);
    // In an hour 120, so in ten minutes 20.
    await alerts.requests(5, { caller_id, duration_us: 20_000 });
    await alerts.requests(3, { caller_id, status: 404, duration_us: 20_000 });
    await alerts.requests(2, { caller_id, status: 503, duration_us: 20_000 });
    await alerts.summed();
    alerts.dispatcher.counts = { succeeded: 3, failed: 1 };
    const p95 = await valueOf({ metric: 'response_time' });
    expect(Math.abs((p95 ?? 0) - 20)).toBeLessThanOrEqual(0.41);
    const values: Readonly<Record<AlertMetric, number>> = {
      error_rate: 50,
      response_time: p95 ?? NaN,
      request_count: 10,
      webhook_failures: 1,
      quota_share: 50,
      delivery_success: 75,
    };
    const expected = {
      gt: ['firing', 'ok', 'ok'],
      gte: ['firing', 'firing', 'ok'],
      lt: ['ok', 'ok', 'firing'],
      lte: ['ok', 'firing', 'firing'],
    } as const;
    const made: { id: string; what: string; state: string; value: number }[] = [];
    for (const [metric, value] of Object.entries(values) as [AlertMetric, number][]) {
      const filter = metric === 'quota_share' ? { key: caller_id } : {};
      for (const operator of ALERT_OPERATORS) {
        for (const [place, threshold] of [value - 0.5, value, value + 0.5].entries()) {
          const { id } = await alerts.create({ metric, operator, threshold, filter });
          const state = expected[operator][place] ?? '';
          made.push({ id, what: `${metric} ${operator} ${threshold}`, state, value });
        }
      }
    }
    await alerts.here.evaluator.run();
    const wrong: unknown[] = [];
    for (const { id, ...wanted } of made) {
      const { state, last_value } = await alerts.get(id);
      if (state !== wanted.state || last_value !== wanted.value) wrong.push({ ...wanted, state, last_value });
    }
    expect(wrong).toEqual([]);
    expect(made).toHaveLength(72);
  });

  it('narrows requests down', async () => {
    const mine = { caller_id: 'key-9', surface: 'administration', project_id: 'apollo', endpoint: '/a' };
    await alerts.requests(4, mine);
    await alerts.requests(4, { ...mine, status: 404 });
    await alerts.requests(2, { ...mine, status: 500 });
    await alerts.requests(10, { status: 500 });
    await alerts.summed();
    for (const filter of [
      { key: 'key-9' },
      { surface: 'administration' },
      { project_id: 'apollo' },
      { endpoint: '/a' },
    ]) {
      expect(await valueOf({ metric: 'request_count', filter })).toBe(10);
      expect(await valueOf({ filter })).toBe(60);
      // The status says what an error is, not which requests there are.
      expect(await valueOf({ filter: { ...filter, status: '5xx' } })).toBe(20);
    }
    expect(await valueOf({ metric: 'request_count', filter: { status: '500' } })).toBe(12);
  });

  it('takes the percentile that it is told', async () => {
    for (const ms of [10, 20, 900]) await alerts.requests(ms === 10 ? 90 : 5, { duration_us: ms * 1_000 });
    await alerts.summed();
    for (const [percentile, about] of [
      [50, 10],
      [95, 20],
      [99, 900],
    ] as const) {
      const value = (await valueOf({ metric: 'response_time', percentile })) ?? 0;
      expect(Math.abs(value - about) / about).toBeLessThanOrEqual(0.0205);
    }
  });

  it('counts against a quota what its limit let in', async () => {
    const caller_id = await key(60);
    await alerts.requests(5, { caller_id });
    await alerts.requests(5, { caller_id, status: 429 });
    await alerts.summed();
    const quota = (window_minutes: number, id: string = caller_id) =>
      valueOf({ metric: 'quota_share', window_minutes, filter: { key: id } });
    expect(await quota(60)).toBe(8.3333);
    expect(await quota(10)).toBe(50);
    expect(await quota(10, randomUUID())).toBeNull();
    expect(await quota(10, 'no id')).toBeNull();
    expect(await quota(10, await key(60, ', now()'))).toBeNull();
    expect(await quota(10, await key(60))).toBe(0);
  });

  it('asks for the attempts of its window and project', async () => {
    await alerts.create({ metric: 'webhook_failures', window_minutes: 7, filter: { project_id: 'apollo' } });
    await alerts.here.evaluator.run();
    const [asked] = alerts.dispatcher.asked;
    expect(asked?.project_id).toBe('apollo');
    const [from = 0, to = 0] = [asked?.from, asked?.to].map((time) => Date.parse(time ?? ''));
    expect(to - from).toBe(7 * 60_000);
    expect(to % 60_000).toBe(0);
    expect(Date.now() - to).toBeGreaterThanOrEqual(10_000);
    expect(Date.now() - to).toBeLessThan(75_000);
  });

  it('has nothing to compare where nothing happened, but counts that as nought', async () => {
    for (const metric of ['error_rate', 'response_time', 'delivery_success'] as const) {
      expect(await valueOf({ metric, operator: 'lt', threshold: 50 })).toBeNull();
    }
    const { id } = await alerts.create({ metric: 'request_count', operator: 'lt', threshold: 1 });
    await alerts.evaluated();
    expect(await alerts.get(id)).toMatchObject({ state: 'firing', last_value: 0 });
  });

  it('looks at the window alone', async () => {
    const ago = (minutes: number) => ({ time: new Date(Date.now() - minutes * 60_000).toISOString() });
    await alerts.requests(1, ago(0));
    await alerts.requests(10, ago(3));
    await alerts.requests(100, ago(30));
    await alerts.summed();
    expect(await valueOf({ metric: 'request_count', window_minutes: 5 })).toBe(10);
    expect(await valueOf({ metric: 'request_count', window_minutes: 60 })).toBe(110);
  });

  it('fires once, and is resolved once', async () => {
    await alerts.requests(1, { status: 500 });
    await alerts.summed();
    const { id, state, since, last_evaluated_at } = await alerts.create();
    expect({ state, since, last_evaluated_at }).toEqual({
      state: 'ok',
      since: null,
      last_evaluated_at: null,
    });
    await alerts.evaluated();
    const first = await alerts.get(id);
    expect(first).toMatchObject({ state: 'firing', last_value: 100, since: first.last_evaluated_at });
    await alerts.evaluated();
    const second = await alerts.get(id);
    expect(second).toMatchObject({ state: 'firing', since: first.since });
    expect(second.last_evaluated_at).not.toBe(first.last_evaluated_at);
    await alerts.requests(99);
    await alerts.summed();
    for (let n = 0; n < 2; n += 1) await alerts.evaluated();
    const resolved = await alerts.get(id);
    expect(resolved).toMatchObject({ state: 'ok', last_value: 1 });
    expect(await alerts.history(id)).toMatchObject([
      { state: 'ok', reason: 'evaluated', value: 1, threshold: 10, at: resolved.since, published: false },
      { state: 'firing', reason: 'evaluated', value: 100, threshold: 10, at: first.since, published: false },
    ]);
  });

  it('is resolved where there is nothing left to measure', async () => {
    await alerts.requests(1, { status: 500 });
    await alerts.summed();
    const { id } = await alerts.create();
    await alerts.evaluated();
    await alerts.database.query('TRUNCATE usage_rollups');
    await alerts.evaluated();
    expect(await alerts.get(id)).toMatchObject({ state: 'ok', last_value: null });
    expect(await alerts.history(id)).toHaveLength(2);
  });

  it('comes once a minute, however many processes look', async () => {
    // Rules fall due ten seconds into a minute: not in the middle of this.
    const second = (Date.now() / 1_000) % 60;
    if (second < 10.5) await sleep((10.5 - second) * 1_000);
    for (let n = 0; n < 30; n += 1) await alerts.create({ metric: 'webhook_failures', threshold: 5 });
    alerts.dispatcher.counts = { succeeded: 0, failed: 6 };
    const processes = [alerts.here, alerts.process(), alerts.process()];
    const round = () => Promise.all(processes.map(({ evaluator }) => evaluator.run()));
    await round();
    await round();
    expect(alerts.dispatcher.asked).toHaveLength(30);
    const { rows } = await alerts.database.query<{ seconds: number }>(
      'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM alerts',
    );
    for (const { seconds } of rows) {
      expect(seconds).toBeGreaterThan(-5);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    await alerts.minutePasses();
    await round();
    expect(alerts.dispatcher.asked).toHaveLength(60);
    const changes = await alerts.database.query('SELECT FROM alert_changes');
    expect(changes.rowCount).toBe(30);
  });

  it('counts for nothing where the rule was changed meanwhile, or taken over by another process', async () => {
    const { id } = await alerts.create();
    const claimed = await alerts.here.due.claim();
    expect(claimed?.id).toBe(id);
    expect(await alerts.here.due.claim()).toBeUndefined();
    await alerts.service.update({ id, changes: { threshold: 99 } }, alerts.context);
    if (!claimed) throw new Error('nothing was claimed');
    expect(await alerts.here.due.settle(claimed, 'firing', 50)).toBe(false);
    await alerts.here.due.postpone(claimed, 15);
    const again = await alerts.here.due.claim();
    expect(again?.threshold).toBe(99);
    // Claims are told apart by their millisecond; a real one lasts a minute.
    await sleep(5);
    await alerts.minutePasses();
    const other = await alerts.here.due.claim();
    if (!again || !other) throw new Error('nothing was claimed');
    expect(await alerts.here.due.settle(again, 'firing', 100)).toBe(false);
    expect(await alerts.here.due.settle(other, 'firing', 100)).toBe(true);
    expect(await alerts.history(id)).toHaveLength(1);
  });

  it('comes again soon after a process died at it', async () => {
    const { id } = await alerts.create();
    await alerts.here.due.claim();
    const { rows } = await alerts.database.query<{ seconds: number }>(
      'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM alerts WHERE id = $1',
      [id],
    );
    expect(rows[0]?.seconds).toBeLessThanOrEqual(60);
  });

  it('leaves the state alone while the dispatcher is away, and asks it once for all', async () => {
    const make = (fields: Partial<AlertInput>) =>
      alerts.create({ metric: 'webhook_failures', operator: 'gte', threshold: 1, ...fields });
    const [first, second] = [await make({}), await make({ metric: 'delivery_success', operator: 'lt' })];
    alerts.dispatcher.counts = { succeeded: 0, failed: 1 };
    await alerts.evaluated();
    const before = [await alerts.get(first.id), await alerts.get(second.id)];
    expect(before).toMatchObject([{ state: 'firing' }, { state: 'firing' }]);
    alerts.dispatcher.state = 'away';
    alerts.dispatcher.counts = { succeeded: 5, failed: 0 };
    const other = alerts.process();
    await alerts.minutePasses();
    await other.evaluator.run();
    expect([await alerts.get(first.id), await alerts.get(second.id)]).toEqual(before);
    const problems = other.log.lines.filter(({ msg }) => msg === 'An alert rule could not be evaluated');
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).toContain('did not answer a moment ago');
    alerts.dispatcher.state = 'there';
    await alerts.evaluated();
    expect([await alerts.get(first.id), await alerts.get(second.id)]).toMatchObject([
      { state: 'ok', last_value: 0 },
      { state: 'ok', last_value: 100 },
    ]);
  });

  it('waits until what happened is summed up', async () => {
    await alerts.requests(5);
    const { id } = await alerts.create({ metric: 'request_count', operator: 'lt', threshold: 1 });
    await alerts.evaluated();
    expect(await alerts.get(id)).toMatchObject({ state: 'ok', last_value: null, last_evaluated_at: null });
    await alerts.summed();
    await alerts.evaluated();
    expect(await alerts.get(id)).toMatchObject({ state: 'ok', last_value: 5 });
  });

  it('does not wait for what is later than the window', async () => {
    await alerts.requests(5, { time: new Date().toISOString() });
    expect(await valueOf({ metric: 'request_count' })).toBe(0);
  });

  it('leaves rules alone that are switched off', async () => {
    const { id } = await alerts.create({ is_active: false });
    await alerts.evaluated();
    expect(await alerts.get(id)).toMatchObject({ is_active: false, last_evaluated_at: null });
  });
});
