/** Requests that fall into the same tick are counted together, so that a window of any limit has a bounded size. */
const TICKS = 300;

/**
 * How many requests there were in the last `windowMs`: never fewer than there were, and one that is counted stays a
 * 300th of the window too long at most. Its size is bounded, however many requests it counts.
 */
export class SlidingWindow {
  /** Ticks in which requests came, and how many: two numbers each, from `head`. */
  private ring: number[] = [];
  private head = 0;
  private total = 0;

  constructor(private readonly windowMs: number) {}

  count(now: number): number {
    this.forget(now);
    return this.total;
  }

  add(now: number): void {
    const tick = this.tickOf(now);
    const last = this.ring.length - 2;
    if (last >= this.head && this.ring[last] === tick) this.ring[last + 1] = (this.ring[last + 1] ?? 0) + 1;
    else this.ring.push(tick, 1);
    this.total += 1;
  }

  /** Milliseconds until the oldest counted request leaves; the whole window where there is none. */
  resetMs(now: number): number {
    const oldest = this.ring[this.head];
    return oldest === undefined ? this.windowMs : Math.max(0, this.leavesAt(oldest) - now);
  }

  private forget(now: number): void {
    let oldest = this.ring[this.head];
    while (oldest !== undefined && this.leavesAt(oldest) <= now) {
      this.total -= this.ring[this.head + 1] ?? 0;
      this.head += 2;
      oldest = this.ring[this.head];
    }
    if (this.head >= this.ring.length || this.head > TICKS) {
      this.ring = this.ring.slice(this.head);
      this.head = 0;
    }
  }

  private tickOf(now: number): number {
    return Math.floor((now * TICKS) / this.windowMs);
  }

  /** When the last request that the tick may hold is a window old. */
  private leavesAt(tick: number): number {
    return ((tick + 1) * this.windowMs) / TICKS + this.windowMs;
  }
}
