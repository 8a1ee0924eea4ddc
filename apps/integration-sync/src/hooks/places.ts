/** Attempts at one API: two that it does not answer leave the others to the rest. */
const MOST_AT_ONE = 2;

/** At which APIs attempts are under way, by origin: one that takes its time must not hold up the hooks of all others. */
export class Places {
  private readonly entered = new Map<string, number>();

  /** Origins where there are enough just now. */
  get full(): string[] {
    return [...this.entered].filter(([, now]) => now >= MOST_AT_ONE).map(([origin]) => origin);
  }

  /**
   * @param place URL, as registrars name it
   * @returns what is called when the attempt has ended; null where there are enough already
   */
  enter(place: string): (() => void) | null {
    const { origin } = new URL(place);
    const now = this.entered.get(origin) ?? 0;
    if (now >= MOST_AT_ONE) return null;
    this.entered.set(origin, now + 1);
    return () => this.leave(origin);
  }

  private leave(origin: string): void {
    const left = (this.entered.get(origin) ?? 1) - 1;
    if (left > 0) this.entered.set(origin, left);
    else this.entered.delete(origin);
  }
}
