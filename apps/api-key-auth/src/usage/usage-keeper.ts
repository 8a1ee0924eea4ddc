import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { gauge } from '@signalbox/observability';
import type { UsageGrain } from '@signalbox/contracts';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { AuthSettings, LOG } from '../settings.module';
import { DAY_MS, retentionFloor } from './usage-days';
import { UsagePartitionsRepository } from './usage-partitions.repository';
import { UsageRollupRepository } from './usage-rollup.repository';

const ROLL_UP_EVERY_MS = 2_000;
const TIDY_EVERY_MS = 10 * 60_000;
/** Days made ahead: so long the database may refuse to make more. */
const DAYS_AHEAD = 3;
/** Days that sums are kept. */
const KEPT_DAYS: Readonly<Record<UsageGrain, number>> = { minute: 7, hour: 400, day: 3_650 };
/** A gateway that could not be rid of a batch for that long has long been restarted. */
const BATCH_DAYS = 3;
const DELETE_BATCH = 5_000;
const DELETE_BATCHES = 50;

const lag = gauge({
  name: 'signalbox_usage_rollup_lag_seconds',
  help: 'Age of the oldest batch of records that is not yet part of the sums',
});

/**
 * Rolls up what came in, makes the days that come and drops those that are past their retention. Every replica does, and in any
 * order: what is done is in the database, under a lock.
 */
@Injectable()
export class UsageKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;
  private tidiedAt = 0;

  constructor(
    private readonly rollup: UsageRollupRepository,
    private readonly partitions: UsagePartitionsRepository,
    private readonly settings: AuthSettings,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.rounds = new Rounds(
      ROLL_UP_EVERY_MS,
      () => this.keep(),
      (error) => log.warn({ err: error }, 'The usage records could not be kept; trying again shortly'),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /** Until nothing waits. */
  async rollUp(): Promise<void> {
    while (!this.rounds.stopped && (await this.rollup.rollUpSome())) continue;
    lag.set(await this.rollup.lagSeconds());
  }

  async tidy(now: number = Date.now()): Promise<void> {
    await this.partitions.ensure(now - DAY_MS, now + DAYS_AHEAD * DAY_MS);
    const dropped = await this.partitions.dropBefore(retentionFloor(this.settings.usageRetentionDays, now));
    if (dropped > 0) this.log.info({ days: dropped }, 'Dropped the records of days past their retention');
    for (const [grain, days] of Object.entries(KEPT_DAYS)) {
      await this.inBatches(() => this.rollup.deleteOld(grain as UsageGrain, days, DELETE_BATCH));
    }
    await this.inBatches(() => this.rollup.forgetBatches(BATCH_DAYS, DELETE_BATCH));
  }

  private async keep(): Promise<void> {
    if (Date.now() - this.tidiedAt >= TIDY_EVERY_MS) {
      await this.tidy();
      this.tidiedAt = Date.now();
    }
    await this.rollUp();
  }

  private async inBatches(batch: () => Promise<number>): Promise<void> {
    for (let n = 0; n < DELETE_BATCHES && !this.rounds.stopped; n += 1) {
      if ((await batch()) < DELETE_BATCH) return;
    }
  }
}
