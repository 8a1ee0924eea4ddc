import { Injectable } from '@nestjs/common';
import { LimitStore, resolutionMs, type Counter, type LimitPolicy, type Usage } from './limit-store';
import { SlidingWindow } from './sliding-window';

/** Beyond either the clients that have been quiet for longest are forgotten. */
const MAX_WINDOWS = 20_000;
const MAX_NUMBERS = 4_000_000;

/** A client's place among those that were quiet for longest is kept to that precision. */
const MOVED_MS = 1_000;

interface Kept {
  readonly window: SlidingWindow;
  movedAt: number;
}

/** Counts in this process only. */
@Injectable()
export class MemoryLimitStore extends LimitStore {
  /** In the order of their last counted request. */
  private readonly windows = new Map<string, Kept>();
  private numbers = 0;

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number = () => performance.now()) {
    super();
  }

  take(counters: readonly Counter[]): readonly Usage[] {
    const now = this.now();
    const usages = counters.map((counter) => this.look(counter, now));
    if (usages.every(isAllowed)) counters.forEach((counter, at) => (usages[at] = this.count(counter, now)));
    return usages;
  }

  peek(counters: readonly Counter[]): readonly Usage[] {
    const now = this.now();
    return counters.map((counter) => this.look(counter, now));
  }

  /** Counts what was let in elsewhere, whether there is room or not. */
  note(counters: readonly Counter[]): void {
    const now = this.now();
    for (const counter of counters) this.count(counter, now);
  }

  giveBack(counters: readonly Counter[]): void {
    for (const { key, policy } of counters) {
      const window = this.windows.get(idOf(key, policy))?.window;
      if (window === undefined) continue;
      const { size } = window;
      window.removeNewest();
      this.numbers += window.size - size;
    }
  }

  private look({ key, policy }: Counter, now: number): Usage {
    const { limit, windowSeconds } = policy;
    const kept = this.windows.get(idOf(key, policy));
    if (!kept) return { allowed: limit > 0, remaining: limit, resetMs: windowSeconds * 1000 };
    const { window } = kept;
    const { size } = window;
    const count = window.count(now);
    this.numbers += window.size - size;
    return {
      allowed: count < limit,
      remaining: Math.max(0, limit - count),
      resetMs: window.resetMs(now, limit),
    };
  }

  private count({ key, policy }: Counter, now: number): Usage {
    const id = idOf(key, policy);
    const window = this.touch(id, policy, now);
    const { size } = window;
    const count = window.count(now) + 1;
    window.add(now, resolutionMs(policy));
    this.numbers += window.size - size;
    while (this.windows.size > MAX_WINDOWS || this.numbers > MAX_NUMBERS) this.forgetQuietest();
    const { limit } = policy;
    return { allowed: true, remaining: Math.max(0, limit - count), resetMs: window.resetMs(now, limit) };
  }

  /** The client's window; he is the one who was quiet for the shortest time. */
  private touch(id: string, { windowSeconds }: LimitPolicy, now: number): SlidingWindow {
    const known = this.windows.get(id);
    if (known && now - known.movedAt < MOVED_MS) return known.window;
    const kept = known ?? { window: new SlidingWindow(windowSeconds * 1000), movedAt: now };
    kept.movedAt = now;
    this.windows.delete(id);
    this.windows.set(id, kept);
    return kept.window;
  }

  private forgetQuietest(): void {
    const [quietest] = this.windows;
    if (!quietest) return;
    this.windows.delete(quietest[0]);
    this.numbers -= quietest[1].window.size;
  }
}

function isAllowed({ allowed }: Usage): boolean {
  return allowed;
}

function idOf(key: string, { name }: LimitPolicy): string {
  return `${name} ${key}`;
}
