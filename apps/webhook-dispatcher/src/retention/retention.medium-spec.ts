import { webhookOperations } from '@signalbox/contracts';
import { type Receiver, startReceiver, testLog, until } from '@signalbox/testing';
import { type DispatcherUnderTest, startDispatcher } from '../specs/dispatcher-for-spec';
import { Retention } from './retention';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

describe('Retention', () => {
  let hub: DispatcherUnderTest;
  let target: Receiver;
  let answer = 200;

  beforeAll(async () => {
    hub = await startDispatcher();
    target = await startReceiver({ respond: () => answer });
  });
  afterAll(async () => {
    await hub.stop();
    await hub.drop();
    await target.close();
  });

  const counts = async () => {
    const { rows } = await hub.database.query<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM deliveries) AS deliveries, (SELECT count(*)::int FROM attempts) AS attempts,
         (SELECT count(*)::int FROM events) AS events`,
    );
    return rows[0];
  };

  it('removes what is old, keeps what still waits, and forgets what was sent to a deleted webhook', async () => {
    const retention = new Retention(hub.database, 30, testLog());
    const webhook = await hub.createWebhook({ url: target.url, retry_config: { retry_delay: 3600 } });
    for (let n = 0; n < 3; n += 1) await hub.publish();
    await hub.settled();
    answer = 500;
    await hub.publish();
    await target.received(4);
    // Its result is written after it was received.
    await until('it is written', 10_000, async () => (await counts())?.attempts === 4);
    expect(await counts()).toEqual({ deliveries: 4, attempts: 4, events: 4 });

    await retention.run(Date.now() + 29 * DAY_MS);
    expect(await counts()).toEqual({ deliveries: 4, attempts: 4, events: 4 });
    await retention.run(Date.now() + 31 * DAY_MS);
    expect(await counts()).toEqual({ deliveries: 1, attempts: 1, events: 1 });

    await hub.call(webhookOperations.remove, { id: webhook.id });
    await retention.run();
    expect(await counts()).toEqual({ deliveries: 0, attempts: 0, events: 1 });
    await retention.run(Date.now() + 31 * DAY_MS);
    expect((await counts())?.events).toBe(0);
  });

  it('keeps the counts of attempts for as long as somebody may ask', async () => {
    const retention = new Retention(hub.database, 30, testLog());
    const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + MINUTE_MS / 2;
    await hub.database.query('TRUNCATE attempt_counts');
    await hub.database.query(
      `INSERT INTO attempt_counts (minute, webhook_id, succeeded, failed)
       SELECT date_trunc('minute', $1::timestamptz) - n * interval '1 minute', uuidv7(), 1, 0 FROM generate_series(0, 5000) n`,
      [new Date(now)],
    );
    const left = async () => (await hub.database.query('SELECT FROM attempt_counts')).rowCount;
    await retention.run(now);
    expect(await left()).toBe(2 * 1_440);
    await retention.run(now + 3 * DAY_MS);
    expect(await left()).toBe(0);
  });
});
