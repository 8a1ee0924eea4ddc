import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { counter, gauge } from '@signalbox/observability';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { AuthSettings, LOG } from '../settings.module';
import { AuditChainRepository, ChainBrokenError } from './audit-chain.repository';

const EVERY_MS = 1_000;
const CHAIN_BATCH = 500;
const PRUNE_EVERY_MS = 10 * 60_000;
const PRUNE_BATCH = 5_000;
const PRUNE_BATCHES = 50;

const chained = counter({
  name: 'signalbox_audit_entries_total',
  help: 'Entries of the audit log that got their place in the chain, by outcome: done or refused',
  labelNames: ['outcome'],
});
const lag = gauge({
  name: 'signalbox_audit_chain_lag_seconds',
  help: 'Age of the oldest entry of the audit log that has no place in the chain yet',
});
const sealed = gauge({
  name: 'signalbox_audit_chain_sealed',
  help: '1 while the ends of the audit chain bear the seal of the hub; 0 when they were tampered with, and nothing is chained',
});

/**
 * Chains what came in, and deletes what is past its retention. Apart from the transactions that note the changes, so that none of
 * them waits for the one place where the chain ends.
 */
@Injectable()
export class AuditKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    EVERY_MS,
    (signal) => this.round(signal),
    (error) => this.log.warn({ err: error }, 'Keeping the audit log failed; trying again shortly'),
  );
  private prunedAt = 0;
  private broken = false;

  constructor(
    private readonly chain: AuditChainRepository,
    private readonly settings: AuthSettings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  private async round(signal: AbortSignal): Promise<void> {
    const waiting = await this.chain.lagSeconds();
    lag.set(Math.max(0, waiting ?? 0));
    try {
      if (waiting !== null) await this.chainAll(signal);
      if (Date.now() - this.prunedAt >= PRUNE_EVERY_MS) {
        await this.prune(signal);
        this.prunedAt = Date.now();
      }
    } catch (error) {
      if (!(error instanceof ChainBrokenError)) throw error;
      sealed.set(0);
      if (!this.broken) this.log.error({ err: error }, 'The audit log was tampered with');
      this.broken = true;
    }
  }

  private async chainAll(signal: AbortSignal): Promise<void> {
    for (let full = true; full && !signal.aborted;) {
      const count = await this.chain.chainSome(CHAIN_BATCH);
      // Another replica is at it.
      if (!count) return;
      chained.inc({ outcome: 'done' }, count.done);
      chained.inc({ outcome: 'refused' }, count.refused);
      full = count.done + count.refused === CHAIN_BATCH;
    }
    sealed.set(1);
    this.broken = false;
  }

  private async prune(signal: AbortSignal): Promise<void> {
    const { auditRetentionDays: days } = this.settings;
    if (days === 0) return;
    let total = 0;
    for (let n = 0; n < PRUNE_BATCHES && !signal.aborted; n += 1) {
      const deleted = (await this.chain.prune(days, PRUNE_BATCH)) ?? 0;
      total += deleted;
      if (deleted < PRUNE_BATCH) break;
    }
    if (total > 0) this.log.info({ entries: total }, 'Deleted entries of the audit log past their retention');
  }
}
