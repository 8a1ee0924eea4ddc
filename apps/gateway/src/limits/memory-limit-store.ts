import { Injectable } from '@nestjs/common';
import { LimitStore, resolutionMs, type Counter, type LimitPolicy, type Usage } from './limit-store';
import { SlidingWindow } from './sliding-window';

/** Beyond either the clients that have been quiet for longest are forgotten. */
const MAX_WINDOWS = 20_000;
const MAX_NUMBERS = 4_000_000;

/** Counts in this process only. */
@Injectable()
export class MemoryLimitStore extends LimitStore {
  /** In the order of their last counted request. */
  private readonly windows = new Map<string, SlidingWindow>();
  private numbers = 0;

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number = () => performance.now()) {
    super();
  }

  take(counters: readonly Counter[]): readonly Usage[] {
    const usages = this.peek(counters);
    if (!usages.every(({ allowed }) => allowed)) return usages;
    this.note(counters);
    return this.look(counters, true);
  }

  peek(counters: readonly Counter[]): readonly Usage[] {
    return this.look(counters);
  }

  /** Counts what was let in elsewhere, whether there is room or not. */
  note(counters: readonly Counter[]): void {
    const now = this.now();
    for (const { key, policy } of counters) {
      const id = idOf(key, policy);
      const window = this.windows.get(id) ?? new SlidingWindow(policy.windowSeconds * 1000);
      const { size } = window;
      window.count(now);
      window.add(now, resolutionMs(policy));
      this.numbers += window.size - size;
      this.windows.delete(id);
      this.windows.set(id, window);
    }
    while (this.windows.size > MAX_WINDOWS || this.numbers > MAX_NUMBERS) this.forgetQuietest();
  }

  /** @param allowed what is said of a request that was counted already */
  private look(counters: readonly Counter[], allowed?: boolean): readonly Usage[] {
    const now = this.now();
    return counters.map(({ key, policy }) => {
      const { limit, windowSeconds } = policy;
      const window = this.windows.get(idOf(key, policy));
      if (!window) return { allowed: limit > 0, remaining: limit, resetMs: windowSeconds * 1000 };
      const { size } = window;
      const count = window.count(now);
      this.numbers += window.size - size;
      return {
        allowed: allowed ?? count < limit,
        remaining: Math.max(0, limit - count),
        resetMs: window.resetMs(now, limit),
      };
    });
  }

  private forgetQuietest(): void {
    const [quietest] = this.windows;
    if (!quietest) return;
    this.windows.delete(quietest[0]);
    this.numbers -= quietest[1].size;
  }
}

function idOf(key: string, { name }: LimitPolicy): string {
  return `${name} ${key}`;
}
