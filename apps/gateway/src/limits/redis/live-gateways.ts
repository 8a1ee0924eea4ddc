/** How long a number that fell is not believed: a Redis that lost its memory hears of every gateway only by and by. */
const STEADY_MS = 10_000;

/** How many gateways share the limits, as far as this one has heard. At least itself. */
export class LiveGateways {
  count = 1;
  private heardAt = -Infinity;

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number = () => performance.now()) {}

  heard(count: number): void {
    const now = this.now();
    if (count < this.count && now - this.heardAt < STEADY_MS) return;
    this.count = Math.max(1, count);
    this.heardAt = now;
  }
}
