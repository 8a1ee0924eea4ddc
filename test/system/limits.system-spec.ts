import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith, until } from '@signalbox/testing';
import { startDoor } from './kit/door-stack';
import { HubClient } from './kit/hub-client';
import { StackUnderTest } from './kit/stack';

const GATEWAYS = 4;
const LIMIT = 100;
const ATTEMPTS = 20_000;
const WINDOW_MS = 60_000;
const CALLERS = 16;
const PATH = '/api/users/me/';

interface Admitted {
  readonly asked: number;
  readonly answered: number;
}

/** What came of many requests; a request was counted at some moment between its two times. */
class Tally {
  readonly admitted: Admitted[] = [];
  readonly others = new Map<number, number>();

  note(status: number, asked: number): void {
    if (status === 200) this.admitted.push({ asked, answered: performance.now() });
    else this.others.set(status, (this.others.get(status) ?? 0) + 1);
  }
}

describeWith(['own-rabbitmq', 'own-redis'], 'limits over several gateways', () => {
  const stack = new StackUnderTest(() =>
    startDoor(GATEWAYS, {
      LIMIT_USER_PER_MINUTE: String(LIMIT),
      // A machine that runs all of this at once is slow, which is not to be taken for a Redis that is away.
      LIMIT_REDIS_TIMEOUT_MS: '5000',
    }),
  );

  /** A new user’s client at every gateway, none of whose requests has been counted. */
  const newUser = async (): Promise<HubClient[]> => {
    const [url = ''] = stack.now.gateways;
    const admin = await HubClient.signIn(url);
    const who = { username: `u-${randomUUID()}`, password: 'system-test-password' };
    const created = await admin.call('POST', '/api/users/', {
      body: { ...who, email: `${who.username}@example.com`, role: 'admin' },
    });
    if (created.status !== 201) throw new Error(`No user was made: ${created.status} ${created.text}`);
    const client = await HubClient.signIn(url, who);
    return stack.now.gateways.map((gateway) => client.at(gateway));
  };

  /** Everybody asks as fast as he can until `enough`. */
  const storm = async (clients: readonly HubClient[], tally: Tally, enough: (sent: number) => boolean) => {
    await Promise.all(
      clients.flatMap((client) => {
        let sent = 0;
        return Array.from({ length: CALLERS }, async () => {
          while (!enough(sent)) {
            sent += 1;
            const asked = performance.now();
            tally.note((await client.call('GET', PATH)).status, asked);
          }
        });
      }),
    );
  };
  const gatewayMetric = (name: string) => Promise.all(stack.now.apps.slice(1).map((app) => app.metric(name)));
  const allShare = () =>
    until('every gateway counts in Redis with the others', 30_000, async () => {
      const [shared, live] = [
        await gatewayMetric('gateway_limits_shared'),
        await gatewayMetric('gateway_live_gateways'),
      ];
      return shared.every((up) => up === 1) && live.every((count) => count === GATEWAYS);
    });

  stack.it(
    `${GATEWAYS} gateways asked ${ATTEMPTS} times each admit exactly ${LIMIT}`,
    async () => {
      await allShare();
      const clients = await newUser();
      const tally = new Tally();
      await storm(clients, tally, (sent) => sent >= ATTEMPTS);
      const refused = tally.others.get(429) ?? 0;
      expect(refused + tally.admitted.length).toBeGreaterThanOrEqual(GATEWAYS * ATTEMPTS);
      expect([...tally.others.keys()]).toEqual([429]);

      const admitted = tally.admitted.sort((a, b) => a.answered - b.answered);
      const began = Math.min(...admitted.map(({ asked }) => asked));
      // All of the first window; a slow machine may not be through with its attempts when the second begins.
      expect(admitted.filter(({ answered }) => answered < began + WINDOW_MS).length).toBe(LIMIT);
      const crowded = admitted.filter(({ answered }, index) => {
        const first = admitted[index - LIMIT];
        return first !== undefined && answered - first.asked < WINDOW_MS;
      });
      expect(crowded).toEqual([]);
    },
    400_000,
  );

  stack.it(
    'Redis killed and restarted under load: no 5xx, each gateway enforces its share, and they share again',
    async () => {
      await allShare();
      const [before, meanwhile, after] = [await newUser(), await newUser(), await newUser()];
      const tally = new Tally();
      let over = false;
      const load = storm(before, tally, () => over);
      await sleep(1_000);
      await stack.now.redis.kill();
      const alone = new Tally();
      await until('every gateway knows', 15_000, async () =>
        (await gatewayMetric('gateway_limits_shared')).every((up) => up === 0),
      );
      const shares = await Promise.all(
        meanwhile.map(async (client) => {
          const own = new Tally();
          for (let n = 0; n < LIMIT; n += 1) {
            const asked = performance.now();
            const { status } = await client.call('GET', PATH);
            own.note(status, asked);
            alone.note(status, asked);
          }
          return own.admitted.length;
        }),
      );
      await stack.now.redis.restart();
      await allShare();
      await sleep(1_000);
      over = true;
      await load;

      expect(shares).toEqual(Array<number>(GATEWAYS).fill(LIMIT / GATEWAYS));
      expect([...tally.others.keys(), ...alone.others.keys()]).toEqual([429, 429]);
      // What Redis had counted, and at most a share each beside it.
      const began = Math.min(...tally.admitted.map(({ asked }) => asked));
      const first = tally.admitted.filter(({ answered }) => answered < began + WINDOW_MS);
      expect(first.length).toBeGreaterThanOrEqual(LIMIT);
      expect(first.length).toBeLessThanOrEqual(2 * LIMIT);

      const again = new Tally();
      await storm(after, again, (sent) => sent >= LIMIT);
      expect(again.admitted.length).toBe(LIMIT);
    },
    240_000,
  );
});
