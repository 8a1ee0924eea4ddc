import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { counter, gauge } from '@signalbox/observability';
import type { Logger } from 'pino';
import { EndpointDisabler } from '../webhooks/endpoint-disabler';
import type { Claim } from './claim';
import { ClaimsRepository, DISPATCHER_DEAD_AFTER_SECONDS } from './claims.repository';
import type { Endpoint } from './endpoint';
import { Endpoints } from './endpoints';
import { Lanes, type LaneLimits, type LaneSignal } from './lanes';
import { ResultWriter } from './result-writer';
import { RetryWakes } from './retry-wakes';
import { Sender, type Attempted } from './sender';

const SWEEP_EVERY_MS = 1_000;
const RECONCILE_EVERY_MS = 10_000;
const CLAIM_MOST = 128;
const CLAIM_MOST_EACH = 32;
const PAUSE_WHEN_WRITES_LAG_MS = 20;

const held = gauge({
  name: 'signalbox_deliveries_held',
  help: 'Deliveries waiting in this dispatcher’s memory',
});
const underWay = gauge({
  name: 'signalbox_deliveries_under_way',
  help: 'Attempts under way in this dispatcher',
});
const swept = counter({
  name: 'signalbox_deliveries_claimed_total',
  help: 'Deliveries claimed from the database: retries, and first attempts that whoever accepted them did not make',
});
const recovered = counter({
  name: 'signalbox_deliveries_recovered_total',
  help: 'Deliveries taken over from a dispatcher that died',
});

/** What a publisher needs to know to claim what it stores for this dispatcher in the same statement. */
export interface Room {
  readonly dispatcherId: string;
  readonly open: boolean;
  readonly saturated: string[];
}

/**
 * Sends what is due. First attempts come straight from whoever stored them (`take`); everything else is claimed from the
 * database: when a retry is due, when the backlog runs low, and each second in case a wake-up was lost.
 */
@Injectable()
export class Engine {
  private readonly lanes: Lanes;
  /** Deliveries that this dispatcher knows it holds. */
  private readonly mine = new Set<string>();
  private suspects = new Set<string>();
  private running = false;
  private lastClaimWasFull = false;
  private claiming: Promise<void> | null = null;
  private claimAgain = false;
  private seenSince = 0;
  private loop: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    readonly dispatcherId: string,
    limits: LaneLimits,
    private readonly claims: ClaimsRepository,
    private readonly endpoints: Endpoints,
    private readonly sender: Sender,
    private readonly results: ResultWriter,
    private readonly wakes: RetryWakes,
    private readonly disabler: EndpointDisabler,
    private readonly log: Logger,
  ) {
    this.lanes = new Lanes(
      limits,
      (claim) => this.attempt(claim),
      () => this.hungry(),
    );
  }

  get room(): Room {
    return {
      dispatcherId: this.dispatcherId,
      open: this.running && this.lanes.hasRoom && !this.results.full,
      saturated: this.lanes.saturated(),
    };
  }

  async start(): Promise<void> {
    await this.claims.heartbeat(this.dispatcherId);
    this.running = true;
    this.wakes.start(() => this.wake());
    this.loop = this.sweep();
  }

  /** Finishes what is under way within `withinMs`, gives back the rest. */
  async stop(withinMs: number): Promise<void> {
    this.running = false;
    this.stopping.abort();
    const patience = sleep(withinMs, undefined, { ref: false });
    await Promise.race([this.loop.then(() => this.claiming).then(() => this.lanes.stop()), patience]);
    await Promise.race([this.results.idle(), patience]);
    this.results.stop();
    const given = await this.claims.release(this.dispatcherId).catch((error: unknown) => {
      this.log.warn({ err: error }, 'Claims could not be given back; others will take them over');
      return 0;
    });
    this.log.info({ given }, 'Stopped delivering');
  }

  /** Deliveries that were stored as claimed by this dispatcher. */
  take(claims: readonly Claim[]): void {
    for (const claim of claims) this.mine.add(claim.deliveryId);
    this.lanes.enqueue(claims);
  }

  /** Something may be due. */
  wake(): void {
    if (!this.running) return;
    this.claimAgain = true;
    this.claiming ??= this.claimWhileDue().finally(() => {
      this.claiming = null;
    });
  }

  /** One attempt now, outside the lanes; its result is stored before it is answered. */
  async attemptNow(claim: Claim, endpoint: Endpoint): Promise<Attempted> {
    this.mine.add(claim.deliveryId);
    try {
      const attempted = await this.sender.attempt(claim, endpoint);
      await this.finish(attempted);
      return attempted;
    } finally {
      this.mine.delete(claim.deliveryId);
    }
  }

  private hungry(): void {
    if (this.lastClaimWasFull) this.wake();
  }

  private async claimWhileDue(): Promise<void> {
    while (this.claimAgain && this.running) {
      this.claimAgain = false;
      this.lastClaimWasFull = false;
      if (!this.lanes.hasRoom || this.results.full) return;
      try {
        const claims = await this.claims.claimDue(
          this.dispatcherId,
          CLAIM_MOST,
          CLAIM_MOST_EACH,
          this.lanes.saturated(),
        );
        swept.inc(claims.length);
        this.lastClaimWasFull = claims.length >= CLAIM_MOST_EACH;
        this.take(claims);
      } catch (error) {
        this.log.warn({ err: error }, 'What is due could not be claimed; trying again shortly');
        return;
      }
    }
  }

  /** Heartbeat and backstop. Others' claims are taken over only by who has itself been seen without a gap. */
  private async sweep(): Promise<void> {
    const gapMs = (DISPATCHER_DEAD_AFTER_SECONDS * 1000) / 2;
    let lastSeen = 0;
    let lastReconciled = Date.now();
    while (this.running) {
      try {
        await this.claims.heartbeat(this.dispatcherId);
        const now = Date.now();
        if (now - lastSeen > gapMs) this.seenSince = now;
        lastSeen = now;
        if (now - lastReconciled > RECONCILE_EVERY_MS) {
          await this.reconcile();
          lastReconciled = now;
        }
        if (now - this.seenSince > DISPATCHER_DEAD_AFTER_SECONDS * 1000) {
          const released = await this.claims.releaseDead();
          if (released > 0) {
            recovered.inc(released);
            this.log.warn({ released }, 'Took over the deliveries of a dispatcher that died');
          }
        }
      } catch (error) {
        this.log.warn({ err: error }, 'The sweeper could not reach the database');
      }
      held.set(this.lanes.stats.held);
      underWay.set(this.lanes.stats.underWay);
      this.wake();
      await sleep(SWEEP_EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /**
   * Gives back what the database says is held here and nobody here knows of: stored in a transaction whose answer
   * was lost, or let go while the database was away. Twice in a row, since an answer may just be on its way.
   */
  private async reconcile(): Promise<void> {
    const unknown = (await this.claims.heldBy(this.dispatcherId)).filter((id) => !this.mine.has(id));
    const lost = unknown.filter((id) => this.suspects.has(id));
    this.suspects = new Set(unknown);
    if (lost.length === 0) return;
    recovered.inc(lost.length);
    this.log.warn({ lost: lost.length }, 'Gave back deliveries that were held and forgotten');
    await this.claims.giveBack(this.dispatcherId, lost);
  }

  private async attempt(claim: Claim): Promise<LaneSignal> {
    try {
      while (this.results.full && this.running) await sleep(PAUSE_WHEN_WRITES_LAG_MS);
      const endpoint = await this.endpoints.get(claim.webhookId, claim.webhookVersion);
      if (endpoint === null) {
        await this.claims.discard(claim.deliveryId);
        this.mine.delete(claim.deliveryId);
        return 'answered';
      }
      if (!endpoint.active) {
        // Switched off meanwhile: it waits in the database until the webhook is switched on again.
        await this.claims.giveBack(this.dispatcherId, [claim.deliveryId]);
        this.mine.delete(claim.deliveryId);
        return 'answered';
      }
      const attempted = await this.sender.attempt(claim, endpoint);
      // Not awaited: the next attempt starts while this result is on its way to disk.
      void this.finish(attempted).catch((error: unknown) => this.letGo(claim, error));
      return attempted.signal;
    } catch (error) {
      await this.letGo(claim, error);
      return 'silent';
    }
  }

  private async finish({ result, outcome }: Attempted): Promise<void> {
    if (outcome.gone) {
      await this.disabler.disableGone(result.webhook_id);
      // The notice does the same everywhere, but may be lost.
      this.endpoints.forget(result.webhook_id);
    }
    await this.results.add(result);
    this.mine.delete(result.delivery_id);
    if (outcome.retryInMs !== null) this.wakes.wakeIn(outcome.retryInMs);
  }

  /** Gives one claim back when it could not be carried through here. */
  private async letGo(claim: Claim, error: unknown): Promise<void> {
    this.log.error({ err: error, delivery: claim.deliveryId }, 'An attempt could not be carried through');
    this.mine.delete(claim.deliveryId);
    await this.claims
      .postpone(this.dispatcherId, claim.deliveryId)
      .catch((failed: unknown) => this.log.warn({ err: failed }, 'A claim could not be given back'));
  }
}
