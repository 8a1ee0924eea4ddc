import { AlertsUnderTest } from './alerts-for-spec';

describe('the events of alerts', () => {
  let alerts: AlertsUnderTest;
  beforeAll(async () => {
    alerts = await AlertsUnderTest.start();
  }, 60_000);
  beforeEach(() => alerts.empty());
  afterAll(() => alerts.stop());

  const failures = async (failed: number) => {
    alerts.dispatcher.counts = { succeeded: 0, failed };
    await alerts.evaluated();
  };
  const rule = { metric: 'webhook_failures', operator: 'gte', threshold: 1 } as const;
  const told = (id: string) => alerts.eventsOf(id).map(({ data }) => `${data.status} ${data.reason}`);

  it('say that it fires, and that it is resolved, once each', async () => {
    const { id, name } = await alerts.create({ ...rule, filter: { project_id: 'apollo' } });
    for (const failed of [0, 3, 4, 0, 0]) {
      await failures(failed);
      await Promise.all([alerts.here.teller.run(), alerts.process().teller.run()]);
    }
    const [resolved, fired] = await alerts.history(id);
    const common = {
      alert_id: id,
      name,
      ...rule,
      unit: 'count',
      window_minutes: 10,
      percentile: null,
      filter: { project_id: 'apollo' },
      reason: 'evaluated',
      firing_since: fired?.at,
    };
    expect(alerts.eventsOf(id)).toEqual([
      {
        id: fired?.id,
        audience: ['apollo'],
        data: { ...common, status: 'firing', value: 3, resolved_at: null },
      },
      {
        id: resolved?.id,
        audience: ['apollo'],
        data: { ...common, status: 'resolved', value: 0, resolved_at: resolved?.at },
      },
    ]);
    expect([fired?.published, resolved?.published]).toEqual([true, true]);
  });

  it('concern no project where the rule concerns none', async () => {
    const { id } = await alerts.create(rule);
    await failures(1);
    await alerts.here.teller.run();
    expect(alerts.eventsOf(id)).toMatchObject([{ audience: [] }]);
  });

  it('come, as the same events and in order, from another process where one died before it published', async () => {
    const { id } = await alerts.create(rule);
    await failures(1);
    await failures(0);
    const changes = (await alerts.history(id)).map((change) => change.id);
    const other = alerts.process();
    await other.teller.run();
    await other.teller.run();
    expect(alerts.eventsOf(id).map((event) => event.id)).toEqual(changes.reverse());
    expect(told(id)).toEqual(['firing evaluated', 'resolved evaluated']);
  });

  it('come once where a process died after it published', async () => {
    const { id } = await alerts.create(rule);
    await failures(1);
    alerts.dispatcher.state = 'stores but does not answer';
    await alerts.here.teller.run();
    expect((await alerts.history(id))[0]?.published).toBe(false);
    alerts.dispatcher.state = 'there';
    await alerts.process().teller.run();
    expect((await alerts.history(id))[0]?.published).toBe(true);
    expect(told(id)).toEqual(['firing evaluated']);
  });

  it('wait while nobody takes them', async () => {
    const { id } = await alerts.create(rule);
    await failures(1);
    alerts.dispatcher.state = 'away';
    await alerts.here.teller.run();
    expect(told(id)).toEqual([]);
    alerts.dispatcher.state = 'there';
    await alerts.here.teller.run();
    expect(told(id)).toEqual(['firing evaluated']);
  });

  it('say that it is resolved when a rule that fires is switched off, and when it fires again', async () => {
    const { id } = await alerts.create(rule);
    await failures(1);
    await alerts.service.update({ id, changes: { is_active: false } }, alerts.context);
    expect(await alerts.get(id)).toMatchObject({ state: 'ok', is_active: false });
    await failures(1);
    await alerts.service.update({ id, changes: { is_active: false } }, alerts.context);
    await alerts.service.update({ id, changes: { is_active: true } }, alerts.context);
    await alerts.here.evaluator.run();
    for (let n = 0; n < 4; n += 1) await alerts.here.teller.run();
    expect(told(id)).toEqual(['firing evaluated', 'resolved deactivated', 'firing evaluated']);
  });

  it('say that it is resolved when a rule that fires is deleted, and nothing of others', async () => {
    const [fires, rests] = [await alerts.create(rule), await alerts.create({ ...rule, threshold: 9 })];
    await failures(1);
    for (const { id } of [fires, rests]) await alerts.service.remove({ id }, alerts.context);
    for (let n = 0; n < 2; n += 1) await alerts.here.teller.run();
    expect(told(fires.id)).toEqual(['firing evaluated', 'resolved deleted']);
    expect(told(rests.id)).toEqual([]);
    const [, resolved] = alerts.eventsOf(fires.id);
    expect(resolved?.data).toMatchObject({ value: null, resolved_at: expect.any(String) as string });
  });

  it('follow from a change of the rule within a round', async () => {
    const { id } = await alerts.create(rule);
    await failures(1);
    await alerts.service.update({ id, changes: { threshold: 2 } }, alerts.context);
    expect(await alerts.get(id)).toMatchObject({ state: 'firing' });
    await alerts.here.evaluator.run();
    expect(await alerts.get(id)).toMatchObject({ state: 'ok', last_value: 1 });
    for (let n = 0; n < 2; n += 1) await alerts.here.teller.run();
    expect(alerts.eventsOf(id).map(({ data }) => [data.status, data.threshold])).toEqual([
      ['firing', 1],
      ['resolved', 2],
    ]);
  });

  it('are forgotten after their time, but not before they were published', async () => {
    const { id } = await alerts.create(rule);
    await failures(1);
    await alerts.here.teller.run();
    await failures(0);
    expect(await alerts.service.sweep(100)).toBe(0);
    await alerts.database.query(`UPDATE alert_changes SET at = now() - interval '31 days'`);
    expect(await alerts.service.sweep(100)).toBe(1);
    expect(await alerts.history(id)).toMatchObject([{ state: 'ok' }]);
  });
});
