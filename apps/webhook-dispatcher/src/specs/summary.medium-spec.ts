import { webhookOperations } from '@signalbox/contracts';
import { idFloor } from '@signalbox/database';
import { until } from '@signalbox/testing';
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
});
