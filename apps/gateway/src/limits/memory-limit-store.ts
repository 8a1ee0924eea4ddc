import { Injectable } from '@nestjs/common';
import { LimitStore, type LimitPolicy, type Usage } from './limit-store';
import { SlidingWindow } from './sliding-window';

/** Beyond it the callers that have been quiet for longest are forgotten. */
const MAX_KEYS = 20_000;

/** Counts in this process only. */
@Injectable()
export class MemoryLimitStore extends LimitStore {
  /** In the order of their last counted request. */
  private readonly windows = new Map<string, SlidingWindow>();

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number = () => performance.now()) {
    super();
  }

  take(key: string, policy: LimitPolicy): Usage {
    const now = this.now();
    const id = `${policy.name} ${key}`;
    const window = this.windows.get(id) ?? new SlidingWindow(policy.windowSeconds * 1000);
    if (window.count(now) >= policy.limit) return this.usage(window, policy, now, false);
    window.add(now);
    this.windows.delete(id);
    this.windows.set(id, window);
    if (this.windows.size > MAX_KEYS) this.forgetQuietest();
    return this.usage(window, policy, now, true);
  }

  peek(key: string, policy: LimitPolicy): Usage {
    const now = this.now();
    const window =
      this.windows.get(`${policy.name} ${key}`) ?? new SlidingWindow(policy.windowSeconds * 1000);
    return this.usage(window, policy, now, window.count(now) < policy.limit);
  }

  private usage(window: SlidingWindow, { limit }: LimitPolicy, now: number, allowed: boolean): Usage {
    return { allowed, remaining: Math.max(0, limit - window.count(now)), resetMs: window.resetMs(now) };
  }

  private forgetQuietest(): void {
    const quietest = this.windows.keys().next();
    if (!quietest.done) this.windows.delete(quietest.value);
  }
}
