import { setTimeout as sleep } from 'node:timers/promises';

/** Work that a process repeats for as long as it runs: one round at a time, a rest between two. */
export class Rounds {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  /**
   * @param everyMs the rest after a round
   * @param work a round; it should end soon once `signal` is aborted
   * @param failed is told of a round that rejected where the one before it did not; the next comes all the same
   */
  constructor(
    private readonly everyMs: number,
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** @param firstInMs until the first round */
  start(firstInMs = 0): void {
    this.loop = this.run(firstInMs);
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  /** A round that takes long ends early once this is so. */
  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(firstInMs: number): Promise<void> {
    const { signal } = this.stopping;
    if (firstInMs > 0) await this.rest(firstInMs);
    let failing = false;
    while (!signal.aborted) {
      try {
        await this.work(signal);
        failing = false;
      } catch (error) {
        // Once for each time that something is away, not once a round.
        if (!failing) this.failed(error);
        failing = true;
      }
      await this.rest(this.everyMs);
    }
  }

  private async rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
