import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeWith,
  startRedis,
  testLog,
  testRedis,
  until,
  type KillableServer,
  type SharedPlace,
} from '@signalbox/testing';
import { Redis } from 'ioredis';
import type { Counter, LimitStore, Usage } from '../limit-store';
import { itKeepsLimits } from '../limit-store-contract-for-spec';
import { MemoryLimitStore } from '../memory-limit-store';
import { RedisLimitStore } from './redis-limit-store';
import { RedisLink } from './redis-link';

/** So long that a busy machine is never taken for a slow Redis, where that is not what is looked at. */
const PATIENT_MS = 5_000;
const BREAKER_MS = 50;

interface Gateway {
  readonly store: RedisLimitStore;
  readonly link: RedisLink;
}

let last = 0;
function counter(limit: number, windowSeconds = 600): Counter {
  return { key: `caller-${(last += 1)}`, policy: { name: 'p', limit, windowSeconds } };
}

const allowed = (usages: readonly Usage[]) => usages.every((usage) => usage.allowed);

async function admittedOf(store: LimitStore, counters: readonly Counter[], times: number): Promise<number> {
  let admitted = 0;
  for (let n = 0; n < times; n += 1) if (allowed(await store.take(counters))) admitted += 1;
  return admitted;
}

async function gatewaysOn(url: string, count: number, timeoutMs = PATIENT_MS): Promise<Gateway[]> {
  const gateways = Array.from({ length: count }, () => {
    const link = new RedisLink(url, timeoutMs, testLog());
    return { link, store: new RedisLimitStore(link, new MemoryLimitStore()) };
  });
  await until('every gateway has heard of the others', 30_000, () =>
    gateways.every(({ link }) => link.usable && link.sharers === count),
  );
  return gateways;
}

describeWith('redis', 'limits in Redis', () => {
  let place: SharedPlace;
  let redis: Redis;
  let gateways: Gateway[];

  beforeAll(async () => {
    place = await testRedis();
    redis = new Redis(place.url);
    gateways = await gatewaysOn(place.url, 4);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(gateways.map(({ store }) => store.onApplicationShutdown()));
    redis.disconnect();
    await place.release();
  });

  const first = () => {
    const [gateway] = gateways;
    if (!gateway) throw new Error('no gateway');
    return gateway.store;
  };

  // A timer may be early by less than a millisecond, and Redis counts whole ones.
  itKeepsLimits(() => ({ store: first(), pass: (ms) => sleep(ms + 2) }));

  it('let in exactly the limit, however many gateways are asked at once', async () => {
    const shared = [counter(100), counter(100_000)];
    const admitted = await Promise.all(
      gateways.map(async ({ store }) => {
        const callers = Array.from({ length: 64 }, () => admittedOf(store, shared, 20_000 / 64));
        return (await Promise.all(callers)).reduce((sum, each) => sum + each, 0);
      }),
    );
    expect(admitted.reduce((sum, each) => sum + each, 0)).toBe(100);
    // Whatever was refused was counted nowhere; of the large one each gateway may have drawn a thousandth ahead.
    const [small, large] = await first().peek(shared);
    expect(small?.remaining).toBe(0);
    expect(large?.remaining).toBeLessThanOrEqual(99_900);
    expect(large?.remaining).toBeGreaterThanOrEqual(99_900 - 4 * 97);
  });

  it('keep nothing for longer than the window, and little of a large limit', async () => {
    const [small, large] = [counter(10, 60), counter(1_000_000_000, 60)];
    for (const each of [small, large])
      await Promise.all(Array.from({ length: 5_000 }, async () => first().take([each])));
    const key = (of: Counter) => `signalbox:limit:p:${of.key}`;
    expect(await redis.llen(key(small))).toBe(2 * 10 + 1);
    expect(await redis.llen(key(large))).toBeLessThan(2 * 2 * 256);
    for (const each of [small, large]) expect(await redis.pttl(key(each))).toBeGreaterThan(50_000);
    const [left] = await first().peek([large]);
    expect(left?.remaining).toBeLessThanOrEqual(1_000_000_000 - 5_000);
    expect(left?.remaining).toBeGreaterThan(1_000_000_000 - 50_000);
  });

  it('are drawn ahead where they are large, so that few requests wait for Redis', async () => {
    const each = [counter(1_000_000), counter(2_000_000)];
    let waited = 0;
    for (let n = 0; n < 2_000; n += 1) {
      const usages = first().take(each);
      if (usages instanceof Promise) waited += 1;
      expect(allowed(await usages)).toBe(true);
    }
    expect(waited).toBeLessThan(100);
    const left = (await first().peek(each)).map(({ remaining }) => remaining);
    expect(left[0]).toBeLessThanOrEqual(1_000_000 - 2_000);
    expect(left[1]).toBeLessThanOrEqual(2_000_000 - 2_000);
  });

  it('let in no more than a large limit either, and hardly less', async () => {
    const large = [counter(12_000)];
    const admitted = await Promise.all(
      gateways.map(async ({ store }) => {
        const callers = Array.from({ length: 16 }, () => admittedOf(store, large, 5_000 / 16));
        return (await Promise.all(callers)).reduce((sum, each) => sum + each, 0);
      }),
    );
    const sum = admitted.reduce((a, b) => a + b, 0);
    expect(sum).toBeLessThanOrEqual(12_000);
    expect(sum).toBeGreaterThan(12_000 - 4 * 12);
  });

  it('go on when Redis has forgotten the script', async () => {
    const one = counter(2);
    await redis.script('FLUSH');
    expect(await admittedOf(first(), [one], 3)).toBe(2);
    expect(await redis.llen(`signalbox:limit:p:${one.key}`)).toBe(5);
  });

  it('enforce the share for what Redis refuses to do', async () => {
    const one = counter(8);
    await redis.set(`signalbox:limit:p:${one.key}`, 'not a list');
    expect(await admittedOf(first(), [one], 5)).toBe(2);
    await until('the breaker has closed', 5_000, () => gateways.every(({ link }) => link.usable));
  });
});

describeWith('own-redis', 'limits while Redis is away', () => {
  let server: KillableServer;
  let gateways: Gateway[];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    gateways = await gatewaysOn(server.url, 2);
  }, 60_000);
  afterEach(() => close());

  const close = () => Promise.all(gateways.map(({ store }) => store.onApplicationShutdown()));
  const usable = (wanted: boolean) => () => gateways.every(({ link }) => link.usable === wanted);
  const ask = (counters: readonly Counter[], times: number) =>
    Promise.all(gateways.map(({ store }) => admittedOf(store, counters, times)));

  it('killed: each gateway enforces its share, and they share again when it is back', async () => {
    const one = counter(10);
    await server.kill();
    await until('both know', 5_000, usable(false));
    expect(await ask([one], 20)).toEqual([5, 5]);
    await server.restart();
    await until('both are back', 15_000, usable(true));
    const other = counter(10);
    const [first = 0, second = 0] = await ask([other], 20);
    expect(first + second).toBe(10);
  });

  it('killed at any moment: what a gateway let in before counts as its share', async () => {
    const one = counter(10);
    const [first] = gateways;
    expect(first && (await admittedOf(first.store, [one], 4))).toBe(4);
    await server.kill();
    expect(await ask([one], 20)).toEqual([1, 5]);
    await server.restart();
    await until('both are back', 15_000, usable(true));
  });

  it('killed twice: a Redis that forgot the others is not believed', async () => {
    await server.kill();
    await server.restart();
    await server.kill();
    await until('both know', 5_000, usable(false));
    expect(await ask([counter(10)], 20)).toEqual([5, 5]);
    await server.restart();
    await until('both are back', 15_000, usable(true));
  });

  it('a limit smaller than the number of gateways still lets something in', async () => {
    await server.kill();
    await until('both know', 5_000, usable(false));
    expect(await ask([counter(1)], 3)).toEqual([1, 1]);
    await server.restart();
    await until('both are back', 15_000, usable(true));
  });

  it('frozen: only the first few wait, and no longer than they may', async () => {
    await close();
    gateways = await gatewaysOn(server.url, 2, BREAKER_MS);
    const pid = await pidOf(server.url);
    const one = counter(10);
    const times: number[] = [];
    process.kill(pid, 'SIGSTOP');
    try {
      const [gateway] = gateways;
      let admitted = 0;
      for (let n = 0; n < 400; n += 1) {
        const start = performance.now();
        if (gateway && allowed(await gateway.store.take([one]))) admitted += 1;
        times.push(performance.now() - start);
      }
      expect(admitted).toBe(5);
      const waited = times.filter((ms) => ms >= BREAKER_MS - 5);
      // Three until the breaker opens, and whatever a busy machine held up.
      expect(waited.length).toBeGreaterThan(0);
      expect(waited.length).toBeLessThan(20);
      expect(times.sort((a, b) => a - b)[200]).toBeLessThan(BREAKER_MS / 2);
      // Longer than a silent connection is kept.
      await sleep(4_000);
      expect(usable(false)()).toBe(true);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // What is late once more is decided by share, beside what is counted together.
    await until('both are back', 15_000, async () => {
      if (!usable(true)()) return false;
      const [first = 0, second = 0] = await ask([counter(10)], 20);
      return first + second === 10;
    });
  }, 90_000);

  it('away from the start: a gateway limits by itself, and joins when Redis is there', async () => {
    await server.kill();
    const link = new RedisLink(server.url, PATIENT_MS, testLog());
    const store = new RedisLimitStore(link, new MemoryLimitStore());
    expect(await admittedOf(store, [counter(10)], 20)).toBe(10);
    await server.restart();
    await until('it is there', 15_000, () => link.usable && link.sharers === 3);
    await store.onApplicationShutdown();
    await until('both are back', 15_000, usable(true));
  });
});

async function pidOf(url: string): Promise<number> {
  const redis = new Redis(url);
  const [, pid] = /process_id:(\d+)/.exec(await redis.info('server')) ?? [];
  redis.disconnect();
  return Number(pid);
}
