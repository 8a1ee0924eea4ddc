/** Cleared beyond so many numbers that are not needed any more. */
const SLACK = 512;

/** How many requests there were in the last `windowMs`: never fewer than there were. */
export class SlidingWindow {
  /** When requests came, and how many: two numbers each, from `head`. */
  private ring: number[] = [];
  private head = 0;
  private total = 0;

  constructor(private readonly windowMs: number) {}

  /** Numbers kept. */
  get size(): number {
    return this.ring.length;
  }

  count(now: number): number {
    const { ring } = this;
    while (this.head < ring.length && (ring[this.head] ?? 0) + this.windowMs <= now) {
      this.total -= ring[this.head + 1] ?? 0;
      this.head += 2;
    }
    if (this.head > 0 && (this.head === ring.length || this.head >= Math.max(SLACK, ring.length / 2))) {
      this.ring = ring.slice(this.head);
      this.head = 0;
    }
    return this.total;
  }

  /** @param resolutionMs requests within it may be counted as if they had come with the last; 0 is exact */
  add(now: number, resolutionMs: number): void {
    const { ring } = this;
    const last = ring.length - 2;
    const before = last - 2 >= this.head ? (ring[last - 2] ?? -Infinity) : -Infinity;
    if (now - before < resolutionMs) {
      ring[last] = now;
      ring[last + 1] = (ring[last + 1] ?? 0) + 1;
    } else {
      ring.push(now, 1);
    }
    this.total += 1;
  }

  /** Forgets the newest. */
  removeNewest(): void {
    const { ring } = this;
    const last = ring.length - 2;
    if (last < this.head) return;
    const came = ring[last + 1] ?? 0;
    if (came > 1) ring[last + 1] = came - 1;
    else ring.length = last;
    this.total -= 1;
  }

  /** Milliseconds until the oldest leaves, or where there are `limit` or more until there are fewer. */
  resetMs(now: number, limit: number): number {
    let left = this.total;
    for (let at = this.head; at < this.ring.length; at += 2) {
      left -= this.ring[at + 1] ?? 0;
      // Adding and subtracting times leaves fractions: the window is never longer than it is.
      if (left < limit)
        return Math.min(this.windowMs, Math.max(0, (this.ring[at] ?? 0) + this.windowMs - now));
    }
    return this.windowMs;
  }
}
