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

  /** The first round begins at once. */
  start(): void {
    this.loop = this.run();
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
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
      await sleep(this.everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
