import { webhookOperations } from '@signalbox/contracts';
import { idFloor } from '@signalbox/database';
import { startReceiver, until } from '@signalbox/testing';
import { ADMIN, confinedTo, type DispatcherUnderTest, startDispatcher } from './dispatcher-for-spec';

const NOWHERE = 'http://127.0.0.1:9/';

describe('the summary of webhooks and their deliveries', () => {
  let hub: DispatcherUnderTest;
  beforeAll(async () => {
    hub = await startDispatcher();
  });
  afterAll(async () => {
    await hub.stop();
    await hub.drop();
  });

  const summary = (principal = ADMIN) => hub.call(webhookOperations.summary, {}, principal);
  const delivery = (webhookId: string, status: string, hoursAgo: number) =>
    hub.database.query(
      `INSERT INTO deliveries (id, webhook_id, event_id, event_type, status)
       VALUES ($1, $2, gen_random_uuid(), 'task.created', $3)`,
      [idFloor(new Date(Date.now() - hoursAgo * 3_600_000)), webhookId, status],
    );

  it('counts a day of what the caller may see', async () => {
    expect(await summary(confinedTo('apollo'))).toEqual({
      total: 0,
      active: 0,
      deliveries_24h: 0,
      succeeded_24h: 0,
      failed_24h: 0,
    });
    const apollo = await hub.createWebhook({ url: NOWHERE, project_id: 'apollo', is_active: false });
    const gemini = await hub.createWebhook({ url: NOWHERE, project_id: 'gemini' });
    await delivery(apollo.id, 'success', 1);
    await delivery(apollo.id, 'failed', 23);
    await delivery(apollo.id, 'success', 25);
    await delivery(gemini.id, 'success', 2);
    const all = { total: 2, active: 1, deliveries_24h: 3, succeeded_24h: 2, failed_24h: 1 };
    await until('the summary is of now', 20_000, async () => (await summary()).deliveries_24h === 3);
    expect(await summary()).toEqual(all);
    expect(await summary(confinedTo('apollo'))).toEqual({
      total: 1,
      active: 0,
      deliveries_24h: 2,
      succeeded_24h: 1,
      failed_24h: 1,
    });
    expect(await summary(confinedTo('apollo', 'gemini'))).toEqual(all);
  });

  it('counts attempts by what became of them, in the minutes in which that was known', async () => {
    const minute = 60_000;
    const from = Math.floor(Date.now() / minute) * minute;
    const failing = await startReceiver({ respond: (_request, nth) => (nth < 3 ? 500 : 200) });
    const retry_config = { max_retries: 5, retry_delay: 1 };
    await hub.createWebhook({ url: failing.url, project_id: 'vostok', retry_config });
    await hub.publish({ n: 1 }, 'task.created', confinedTo('vostok'));
    await failing.received(3);
    const counts = (query: { from?: number; to?: number; project_id?: string } = {}, principal = ADMIN) =>
      hub.call(
        webhookOperations.attemptCounts,
        {
          from: new Date(query.from ?? from).toISOString(),
          to: new Date(query.to ?? from + 60 * minute).toISOString(),
          project_id: query.project_id,
        },
        principal,
      );
    await until('the last result is stored', 10_000, async () => (await counts()).succeeded > 0);
    const all = { succeeded: 1, failed: 2 };
    const none = { succeeded: 0, failed: 0 };
    expect(await counts()).toEqual(all);
    expect(await counts({ project_id: 'vostok' })).toEqual(all);
    expect(await counts({ project_id: 'gemini' })).toEqual(none);
    expect(await counts({}, confinedTo('vostok'))).toEqual(all);
    expect(await counts({ project_id: 'vostok' }, confinedTo('gemini'))).toEqual(none);
    expect(await counts({ from: from - 60 * minute, to: from })).toEqual(none);
    await failing.close();
  });
});
