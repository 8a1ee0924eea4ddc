import { itKeepsLimits } from './limit-store-contract-for-spec';
import type { Counter, LimitPolicy } from './limit-store';
import { MemoryLimitStore } from './memory-limit-store';

const minute = (limit: number): LimitPolicy => ({ name: 'p', limit, windowSeconds: 60 });

describe('limits in memory', () => {
  let now: number;
  let store: MemoryLimitStore;
  beforeEach(() => {
    now = 0;
    store = new MemoryLimitStore(() => now);
  });

  itKeepsLimits(() => ({
    store,
    pass: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  }));

  it('count what was let in elsewhere, also beyond the limit', () => {
    const counter: Counter = { key: 'a', policy: minute(2) };
    for (let n = 0; n < 3; n += 1) store.note([counter]);
    expect(store.peek([counter])).toEqual([{ allowed: false, remaining: 0, resetMs: 60_000 }]);
  });

  it('forget the clients that were quiet for longest, and no other', () => {
    const of = (client: number): Counter => ({ key: `client-${client}`, policy: minute(1) });
    for (let client = 0; client < 20_001; client += 1) store.take([of(client)]);
    expect(store.peek([of(0)])[0]?.allowed).toBe(true);
    expect(store.peek([of(1)])[0]?.allowed).toBe(false);
    expect(store.peek([of(20_000)])[0]?.allowed).toBe(false);
  });

  it('remember a bounded number of requests', () => {
    const of = (client: number): Counter => ({ key: `client-${client}`, policy: minute(10_000) });
    // Two numbers each: the 201st client is one too many.
    for (let client = 0; client < 201; client += 1) {
      for (let n = 0; n < 10_000; n += 1) store.note([of(client)]);
    }
    expect(store.peek([of(0)])[0]?.remaining).toBe(10_000);
    expect(store.peek([of(1)])[0]?.remaining).toBe(0);
  });
});
