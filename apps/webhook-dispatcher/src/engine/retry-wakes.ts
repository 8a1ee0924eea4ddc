import { Inject, Injectable } from '@nestjs/common';
import { Jobs } from '@signalbox/jobs';
import type { Logger } from 'pino';

const QUEUE = 'delivery-wakes';
/** Retries that fall into the same quarter of a second share one wake-up. */
const BUCKET_MS = 250;
/** Later ones are left to the sweeper of whoever runs then, rather than kept as jobs for hours. */
const MAX_AHEAD_MS = 3_600_000;
const MAX_REMEMBERED = 15_000;

/**
 * Wakes some dispatcher when a retry falls due, even if the one that scheduled it is gone by then. Losing a wake-up costs
 * a second: the sweeper looks too.
 */
@Injectable()
export class RetryWakes {
  private readonly asked = new Set<number>();

  constructor(
    private readonly jobs: Jobs,
    @Inject('LOG') private readonly log: Logger,
  ) {}

  start(wake: () => void): void {
    this.jobs.worker(QUEUE, () => {
      wake();
      return Promise.resolve();
    });
  }

  /** Never throws and is never waited for. */
  wakeIn(ms: number): void {
    const bucket = Math.ceil((Date.now() + ms) / BUCKET_MS);
    if (ms > MAX_AHEAD_MS || this.asked.has(bucket)) return;
    if (this.asked.size >= MAX_REMEMBERED) this.asked.clear();
    this.asked.add(bucket);
    this.jobs
      .queue<null>(QUEUE)
      .add(null, { jobId: `wake-${bucket}`, delayMs: bucket * BUCKET_MS - Date.now() })
      .catch((error: unknown) =>
        this.log.debug({ err: error }, 'A wake-up could not be scheduled; the sweeper will find what is due'),
      );
  }
}
