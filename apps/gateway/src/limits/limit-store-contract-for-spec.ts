import { until } from '@signalbox/testing';
import type { Counter, LimitPolicy, LimitStore, Usage } from './limit-store';

export interface StoreUnderTest {
  readonly store: LimitStore;
  /** Lets time pass, in milliseconds. */
  pass(ms: number): Promise<void>;
}

const policy = (name: string, limit: number, windowSeconds: number): LimitPolicy => ({
  name,
  limit,
  windowSeconds,
});
const allowed = (usages: readonly Usage[]) => usages.every((usage) => usage.allowed);
let last = 0;
const somebody = () => `client-${(last += 1)}`;

const PATIENCE_MS = 60_000;
/** Where a busy machine took longer than what is looked at lasts, `look` answers false, and looks again, at somebody else. */
function itInTime(name: string, look: () => Promise<boolean>): void {
  it(name, () => until('it was looked at in time', 40_000, look), PATIENCE_MS);
}

/** What every store promises. */
export function itKeepsLimits(set: () => StoreUnderTest): void {
  const take = async (counters: readonly Counter[], times = 1): Promise<boolean[]> => {
    const { store } = set();
    const verdicts: boolean[] = [];
    for (let n = 0; n < times; n += 1) verdicts.push(allowed(await store.take(counters)));
    return verdicts;
  };
  const count = (verdicts: readonly boolean[]) => verdicts.filter(Boolean).length;

  it('lets in exactly the limit, and says how much is left', async () => {
    const { store } = set();
    const counter = { key: somebody(), policy: policy('p', 3, 60) };
    const remaining: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const [usage] = await store.take([counter]);
      remaining.push(usage?.allowed ? usage.remaining : -1);
      expect(usage?.resetMs).toBeGreaterThan(0);
      expect(usage?.resetMs).toBeLessThanOrEqual(60_000);
    }
    expect(remaining).toEqual([2, 1, 0, -1, -1]);
  });

  it('looks without counting', async () => {
    const { store } = set();
    const counter = { key: somebody(), policy: policy('p', 1, 60) };
    expect(await store.peek([counter])).toEqual([{ allowed: true, remaining: 1, resetMs: 60_000 }]);
    expect(await take([counter])).toEqual([true]);
    expect(await store.peek([counter])).toMatchObject([{ allowed: false, remaining: 0 }]);
  });

  it('counts for every client and every policy apart', async () => {
    const [one, other] = [somebody(), somebody()];
    const narrow = policy('narrow', 1, 60);
    expect(await take([{ key: one, policy: narrow }], 2)).toEqual([true, false]);
    expect(await take([{ key: other, policy: narrow }])).toEqual([true]);
    expect(await take([{ key: one, policy: policy('wide', 1, 60) }])).toEqual([true]);
  });

  it('counts a request in all of its counters or in none', async () => {
    const { store } = set();
    const wide = { key: somebody(), policy: policy('wide', 10, 60) };
    const narrow = { key: somebody(), policy: policy('narrow', 2, 60) };
    expect(await take([wide, narrow], 5)).toEqual([true, true, false, false, false]);
    const usages = await store.take([wide, narrow]);
    expect(usages.map((usage) => [usage.allowed, usage.remaining])).toEqual([
      [true, 8],
      [false, 0],
    ]);
    expect(await take([wide], 10)).toEqual([...Array<boolean>(8).fill(true), false, false]);
  });

  it('takes back what was counted a moment ago, and no more than that', async () => {
    const { store } = set();
    const counter = { key: somebody(), policy: policy('p', 3, 60) };
    const takenBack = async () => {
      const [before] = await store.peek([counter]);
      store.giveBack([counter]);
      await until('it is taken back', 5_000, async () => {
        const [usage] = await store.peek([counter]);
        return usage?.remaining === (before?.remaining ?? 0) + 1;
      });
    };
    expect(await take([counter], 4)).toEqual([true, true, true, false]);
    await takenBack();
    expect(await take([counter], 2)).toEqual([true, false]);
    for (let n = 0; n < 3; n += 1) await takenBack();
    store.giveBack([counter]);
    expect(await take([counter], 4)).toEqual([true, true, true, false]);
  });

  it('takes back what was counted of a large limit', async () => {
    const { store } = set();
    const counter = { key: somebody(), policy: policy('large', 100_000, 60) };
    for (let n = 0; n < 50; n += 1) {
      await store.take([counter]);
      store.giveBack([counter]);
    }
    const [usage] = await store.peek([counter]);
    expect(usage?.remaining).toBeGreaterThan(100_000 - 50);
  });

  itInTime('makes room again as requests leave the window, and says when', async () => {
    const { store, pass } = set();
    const counter = { key: somebody(), policy: policy('p', 2, 2) };
    const began = performance.now();
    expect(await take([counter])).toEqual([true]);
    await pass(1_000);
    const second = performance.now();
    const verdicts = await take([counter], 2);
    const [usage] = await store.take([counter]);
    if (performance.now() - began > 2_000) return false;
    expect(verdicts).toEqual([true, false]);
    expect(usage?.resetMs).toBeLessThanOrEqual(1_000);
    await pass(usage?.resetMs ?? 0);
    const afterwards = await take([counter], 2);
    if (performance.now() - second > 2_000) return false;
    // Only the first has left: the second came a second later.
    expect(afterwards).toEqual([true, false]);
    await pass(2_000);
    expect(await store.peek([counter])).toMatchObject([{ allowed: true, remaining: 2 }]);
    return true;
  });

  it('never lets more than the limit into any window', async () => {
    const { store, pass } = set();
    const [limit, windowMs] = [20, 1_000];
    const counter = { key: somebody(), policy: policy('p', limit, 1) };
    const admitted: { asked: number; answered: number }[] = [];
    let clock = 0;
    for (let n = 0; n < 150; n += 1) {
      const asked = performance.now();
      const usages = await store.take([counter]);
      if (allowed(usages)) admitted.push({ asked: asked + clock, answered: performance.now() + clock });
      const before = performance.now();
      await pass(20);
      // A store with a clock of its own passes time that nobody waits for.
      clock += Math.max(0, 20 - (performance.now() - before));
    }
    expect(admitted.length).toBeGreaterThan(2 * limit);
    // A request was counted at some moment between the two: windows that surely held more would be wrong.
    const crowded = admitted.filter(({ answered }, index) => {
      const first = admitted[index - limit];
      return first !== undefined && answered - first.asked < windowMs;
    });
    expect(crowded).toEqual([]);
  });

  itInTime('says when there is room where the limit was lowered', async () => {
    const { store, pass } = set();
    const key = somebody();
    await take([{ key, policy: policy('p', 6, 1) }], 3);
    await pass(300);
    const fourth = performance.now();
    await take([{ key, policy: policy('p', 6, 1) }], 3);
    const lowered = { key, policy: policy('p', 2, 1) };
    const [usage] = await store.take([lowered]);
    const since = performance.now() - fourth;
    if (since > 1_000) return false;
    expect(usage).toMatchObject({ allowed: false, remaining: 0 });
    // The fifth has to leave, not only the first.
    expect(usage?.resetMs).toBeGreaterThan(900 - since);
    await pass(usage?.resetMs ?? 0);
    expect(count(await take([lowered]))).toBe(1);
    return true;
  });

  itInTime('holds a large limit without remembering every request', async () => {
    const { store, pass } = set();
    const counter = { key: somebody(), policy: policy('large', 12_000, 5) };
    const began = performance.now();
    const taken = await Promise.all(Array.from({ length: 12_200 }, async () => store.take([counter])));
    const [usage] = await store.take([counter]);
    if (performance.now() - began > 5_000) return false;
    expect(count(taken.map(allowed))).toBe(12_000);
    expect(usage).toMatchObject({ allowed: false, remaining: 0 });
    await pass(5_100);
    expect(await store.peek([counter])).toMatchObject([{ allowed: true, remaining: 12_000 }]);
    return true;
  });

  itInTime('forgets many at once', async () => {
    const { store, pass } = set();
    const counter = { key: somebody(), policy: policy('exact', 10_000, 1) };
    await Promise.all(Array.from({ length: 3_000 }, async () => store.take([counter])));
    await pass(600);
    const began = performance.now();
    await store.take([counter]);
    await pass(600);
    const [usage] = await store.peek([counter]);
    if (performance.now() - began > 1_000) return false;
    expect(usage?.remaining).toBe(9_999);
    return true;
  });
}
