import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/**
 * Does something again and again, with a pause after each round and never two rounds at once in this process. A round that
 * fails is logged, and the next one comes.
 */
export class Rounds {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  /** @param what what is done, for the log */
  constructor(
    private readonly what: string,
    private readonly everyMs: number,
    private readonly round: () => Promise<void>,
    private readonly log: Logger,
  ) {}

  /** @param firstInMs milliseconds until the first round */
  start(firstInMs: number = this.everyMs): void {
    this.loop = this.run(firstInMs);
  }

  /** Begins no other round, and waits for the one under way: a long one looks at `stopped`. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(firstInMs: number): Promise<void> {
    if (firstInMs > 0) await this.pause(firstInMs);
    while (!this.stopped) {
      try {
        await this.round();
      } catch (error) {
        this.log.warn({ err: error, what: this.what }, 'A round failed; trying again in the next one');
      }
      await this.pause(this.everyMs);
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
