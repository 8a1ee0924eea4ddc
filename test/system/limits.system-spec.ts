import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith, until } from '@signalbox/testing';
import { startDoor } from './kit/door-stack';
import { HubClient } from './kit/hub-client';
import { StackUnderTest } from './kit/stack';

const GATEWAYS = 4;
const LIMIT = 100;
const ATTEMPTS = 20_000;
const CALLERS = 16;
const STORMS = 5;
const KEYS = '/api/v1/admin/integration/api-keys';
/** Open to a key that may read, and answered by the gateway alone. */
const PATH = '/metrics';

/** How often each status came. */
type Tally = Map<number, number>;

describeWith(['own-rabbitmq', 'own-redis'], 'limits over several gateways', () => {
  const stack = new StackUnderTest(() =>
    startDoor(GATEWAYS, {
      // A machine that runs all of this at once is slow, which is not to be taken for a Redis that is away.
      LIMIT_REDIS_TIMEOUT_MS: '5000',
    }),
  );

  /** Clients at every gateway with a new key of so many requests an hour. */
  const newKey = async (): Promise<HubClient[]> => {
    const [url = ''] = stack.now.gateways;
    const admin = await HubClient.signIn(url);
    const { api_key: key } = await admin.ok<{ api_key: string }>('POST', KEYS, {
      body: { name: 'limited', scopes: ['read'], rate_limit: LIMIT },
    });
    return stack.now.gateways.map((gateway) => new HubClient(gateway, key));
  };

  /** Everybody asks as fast as he can, each gateway until `enough` requests were sent to it. */
  const storm = async (clients: readonly HubClient[], enough: (sent: number) => boolean): Promise<Tally> => {
    const tally: Tally = new Map();
    await Promise.all(
      clients.flatMap((client) => {
        let sent = 0;
        return Array.from({ length: CALLERS }, async () => {
          while (!enough(sent)) {
            sent += 1;
            const { status } = await client.call('GET', PATH);
            tally.set(status, (tally.get(status) ?? 0) + 1);
          }
        });
      }),
    );
    return tally;
  };
  const times = (count: number) => (sent: number) => sent >= count;
  const gatewayMetric = (name: string) => Promise.all(stack.now.apps.slice(1).map((app) => app.metric(name)));
  const countedAlone = async () =>
    (await gatewayMetric('gateway_limits_by_share_total')).reduce((sum, count) => sum + count, 0);
  const allShare = () =>
    until('every gateway counts in Redis with the others', 30_000, async () => {
      const [shared, live] = [
        await gatewayMetric('gateway_limits_shared'),
        await gatewayMetric('gateway_live_gateways'),
      ];
      return shared.every((up) => up === 1) && live.every((count) => count === GATEWAYS);
    });

  /** A storm in which no gateway took Redis for being away, as one that is kept from running for seconds does. */
  const sharedStorm = async (): Promise<Tally> => {
    for (let tries = 1; ; tries += 1) {
      await allShare();
      const before = await countedAlone();
      const tally = await storm(await newKey(), times(LIMIT));
      if ((await countedAlone()) === before || tries === STORMS) return tally;
    }
  };

  stack.it(
    `${GATEWAYS} gateways asked ${ATTEMPTS} times each let in exactly ${LIMIT}`,
    async () => {
      await allShare();
      const tally = await storm(await newKey(), times(ATTEMPTS));
      expect(Object.fromEntries(tally)).toEqual({ 200: LIMIT, 429: GATEWAYS * ATTEMPTS - LIMIT });
    },
    400_000,
  );

  stack.it(
    'Redis killed and restarted under load: no 5xx, each gateway enforces its share, and they share again',
    async () => {
      await allShare();
      const [before, meanwhile] = [await newKey(), await newKey()];
      let over = false;
      const load = storm(before, () => over);
      await sleep(1_000);
      await stack.now.redis.kill();
      await until('every gateway knows', 15_000, async () =>
        (await gatewayMetric('gateway_limits_shared')).every((up) => up === 0),
      );
      const shares = await Promise.all(meanwhile.map((client) => storm([client], times(LIMIT))));
      await stack.now.redis.restart();
      await allShare();
      await sleep(1_000);
      over = true;
      const throughout = await load;

      const share = LIMIT / GATEWAYS;
      for (const tally of shares)
        expect(Object.fromEntries(tally)).toEqual({ 200: share, 429: LIMIT - share });
      expect([...throughout.keys()].sort()).toEqual([200, 429]);
      // What Redis had counted, and at most a share each beside it.
      expect(throughout.get(200)).toBeGreaterThanOrEqual(LIMIT);
      expect(throughout.get(200)).toBeLessThanOrEqual(2 * LIMIT);
      expect((await sharedStorm()).get(200)).toBe(LIMIT);
    },
    240_000,
  );
});
