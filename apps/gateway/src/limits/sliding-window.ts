/** Beyond so many, requests that come close together are counted as if all of them had come with the last. */
const EXACT = 256;
/** How close, as a part of the window. */
const CLOSENESS = 1 / 256;

/**
 * How many requests there were in the last `windowMs`: exact while there are few, and never fewer than there were. Its size is
 * bounded, however many requests it counts.
 */
export class SlidingWindow {
  /** When requests came, and how many: two numbers each, from `head`. */
  private ring: number[] = [];
  private head = 0;
  private total = 0;

  constructor(private readonly windowMs: number) {}

  count(now: number): number {
    const { ring } = this;
    while (this.head < ring.length && (ring[this.head] ?? 0) + this.windowMs <= now) {
      this.total -= ring[this.head + 1] ?? 0;
      this.head += 2;
    }
    if (this.head >= 2 * EXACT || this.head === ring.length) {
      this.ring = ring.slice(this.head);
      this.head = 0;
    }
    return this.total;
  }

  add(now: number): void {
    const { ring } = this;
    const last = ring.length - 2;
    const before = ring[last - 2] ?? -Infinity;
    if (last - this.head >= 2 * EXACT && now - before < this.windowMs * CLOSENESS) {
      ring[last] = now;
      ring[last + 1] = (ring[last + 1] ?? 0) + 1;
    } else {
      ring.push(now, 1);
    }
    this.total += 1;
  }

  /** Milliseconds until the oldest counted request leaves; the whole window where there is none. */
  resetMs(now: number): number {
    const oldest = this.ring[this.head];
    if (oldest === undefined) return this.windowMs;
    // Adding and subtracting times leaves fractions: the window is never longer than it is.
    return Math.min(this.windowMs, Math.max(0, oldest + this.windowMs - now));
  }
}
