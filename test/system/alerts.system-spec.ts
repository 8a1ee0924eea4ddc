import { setTimeout as sleep } from 'node:timers/promises';
import { startReceiver, until, type Receiver } from '@signalbox/testing';
import { Webhook } from 'standardwebhooks';
import { startEmbedded } from './kit/embedded-stack';
import type { HubClient } from './kit/hub-client';
import { StackUnderTest } from './kit/stack';

const S1 = '/api/v1/admin/integration';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const DAY = 86_400;
/** Until a minute is over and summed up, at the most, and a little. */
const MINUTE_MS = 110_000;
/** In which whatever came twice would have come. */
const QUIET_MS = 5_000;

interface Alert {
  readonly id: string;
  readonly state: string;
  readonly last_value: number | null;
}

describe('what the hub has to say by itself', () => {
  const stack = new StackUnderTest(startEmbedded);
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  /** The data of each event of one type that arrived, every signature verified. An attempt may come again after a kill. */
  const arrived = (type: string): unknown[] => {
    const events = receiver.requests
      .filter(({ headers }) => headers['x-embedai-event'] === type)
      .map(({ text, headers }) => {
        const { data } = new Webhook(SECRET).verify(text, headers as Record<string, string>) as {
          data: unknown;
        };
        return [headers['webhook-id'], data] as const;
      });
    return [...new Map(events).values()];
  };
  const listen = (client: HubClient, event: string) =>
    client.ok('POST', `${S1}/webhooks`, {
      body: { name: event, url: receiver.url, events: [event], secret: SECRET },
    });
  const makeKey = (client: HubClient, fields: object = {}) =>
    client.ok<{ id: string; api_key: string; expires_at: string }>('POST', `${S1}/api-keys`, {
      body: { name: 'watched', scopes: ['read'], ...fields },
    });

  stack.it(
    'is once that an API key expires soon, and once each that requests fail and no longer do, whatever dies',
    async () => {
      const [client] = await stack.clients();
      await listen(client, 'system.alert');
      await listen(client, 'api_key.expiring');
      const watched = await makeKey(client);
      const rule = {
        name: 'Errors',
        metric: 'error_rate',
        operator: 'gt',
        threshold: 30,
        window_minutes: 5,
        filter: { key: watched.id },
      };
      const { id } = await client.ok<Alert>('POST', `${S1}/alerts`, { body: rule });
      const headers = { authorization: `Bearer ${watched.api_key}` };
      for (let n = 0; n < 6; n += 1) {
        await client.call('GET', `${S1}/event-types`, { headers });
        if (n % 2 === 0) await client.call('GET', `${S1}/webhooks/none`, { headers });
      }
      const expiring = await makeKey(client, {
        name: 'ends soon',
        expires_at: new Date(Date.now() + DAY * 1_000).toISOString(),
      });
      await makeKey(client, {
        name: 'ends later',
        expires_at: new Date(Date.now() + 90 * DAY * 1_000).toISOString(),
      });

      const read = () => client.ok<Alert>('GET', `${S1}/alerts/${id}`);
      await until('the alert fires', MINUTE_MS, async () => {
        await sleep(50);
        return (await read()).state === 'firing';
      });
      // As likely as not before the event was published, which is for whoever comes after.
      await stack.now.hub.kill();
      await stack.now.hub.start();
      await until('it was said that it fires', 30_000, () => arrived('system.alert').length > 0);
      expect(await read()).toMatchObject({ state: 'firing', last_value: 33.3333 });

      await client.ok('PUT', `${S1}/alerts/${id}`, { body: { threshold: 50 } });
      await until('it was said that it is resolved', 30_000, () => arrived('system.alert').length > 1);
      await until('it was said that a key expires', 60_000, () => arrived('api_key.expiring').length > 0);
      await sleep(QUIET_MS);

      expect(arrived('system.alert')).toMatchObject([
        { ...rule, alert_id: id, status: 'firing', value: 33.3333, unit: '%' },
        { ...rule, alert_id: id, status: 'resolved', value: 33.3333, threshold: 50 },
      ]);
      expect(arrived('api_key.expiring')).toMatchObject([
        { api_key_id: expiring.id, name: 'ends soon', expires_at: expiring.expires_at },
      ]);
    },
    300_000,
  );
});
