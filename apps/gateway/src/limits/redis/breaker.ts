/** Open after so many failures in a row, until a probe succeeds. */
export class Breaker {
  private failures = 0;

  constructor(private readonly threshold: number) {}

  get open(): boolean {
    return this.failures >= this.threshold;
  }

  failed(): void {
    this.failures += 1;
  }

  /** A late success does not close it: only `probed` does. */
  succeeded(): void {
    if (!this.open) this.failures = 0;
  }

  probed(): void {
    this.failures = 0;
  }
}
