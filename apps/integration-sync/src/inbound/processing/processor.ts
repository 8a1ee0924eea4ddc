import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type InboundEvent, inboundEventReceived } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { counter, histogram } from '@signalbox/observability';
import { Notices, Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../../parts.module';
import { EndpointsRepository, type EndpointRules } from '../endpoints/endpoints.repository';
import { afterFailure } from './after-failure';
import { MOST_ATTEMPTS } from './backoff';
import {
  type Claim,
  CLAIM_SECONDS,
  CLAIM_WEIGHT,
  ClaimsRepository,
  type ProcessedEvent,
  weightOf,
} from './claims.repository';
import { type Arrival, Forwarder, reasonOf } from './forwarder';
import { Hand, type InHand } from './hand';
import { isLong, lotsOf, MOST_OF_SHORT } from './lots';
import { arrivalOf } from './reading';

const SWEEP_EVERY_MS = 1_000;
/** Due ones that are claimed in one statement. */
const CLAIMED_AT_ONCE = 64;
/** As many as come in while the last ones are settled, or those that are left would have to be read again. */
const AT_ONCE = 256;
/** Of a delivery that tells of many, those that are told on the bus. */
const TOLD = 50;
/** A claim older than that is renewed before more is done by it: what is begun with takes some seconds more. */
const RENEWED_AFTER_MS = (CLAIM_SECONDS * 1000) / 2;

/** Nothing tells of more. */
const ANY = 2 ** 31 - 1;
const GAVE_UP = {
  status: 'failed',
  reason: 'no attempt came to an end',
  retryInMs: null,
  counts: true,
} as const;

const times = histogram({
  name: 'webhook_processing_time',
  help: 'Time taken to process webhook events, in seconds',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
export const processed = counter({
  name: 'webhook_events_processed',
  help: 'Number of webhook events processed, by what became of them: processed, failed, ignored, or pending where they are tried again',
  labelNames: ['status'],
});

/** It is not to be gone on with here: others have it, or will. */
class Abandoned extends Error {}

/**
 * Does with what came in whatever its endpoint's rules say. Whoever stored something hands it over; each second it looks for what is
 * due besides: retries, and what others left behind that died. Long deliveries go one after the other, beside all else.
 */
@Injectable()
export class Processor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    SWEEP_EVERY_MS,
    () => this.sweep(),
    (error) => this.log.warn({ err: error }, 'Inbound events could not be processed; trying again shortly'),
  );
  /** Whoever delivered something does not call what becomes of it, and does not wait for it. */
  private readonly outsideCalls = AsyncLocalStorage.snapshot();
  private readonly hand = new Hand();
  private readonly longOnes = new Hand();
  private draining: Promise<void> | null = null;
  /** The long one that is under way. */
  private longOne: Promise<void> | null = null;
  private due = false;
  private stopped = false;

  constructor(
    private readonly claims: ClaimsRepository,
    private readonly endpoints: EndpointsRepository,
    private readonly forwarder: Forwarder,
    private readonly notices: Notices,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  /** Finishes what is under way, and leaves the rest to others. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.rounds.stop();
    await this.drain().catch(() => undefined);
    await this.longOne;
  }

  /** Something may be due. */
  wake(): void {
    this.due = true;
    this.start();
  }

  /** How much of what is stored now may be claimed for being processed here, by number and by weight. */
  get room(): Hand['room'] {
    return this.stopped ? { events: 0, weight: 0 } : this.hand.room;
  }

  /** What has just been stored under that claim. @param bytes of its body */
  take(claim: Claim, arrival: Arrival, bytes: number): void {
    const one = { claim, arrival, attempts: 1, receivedAt: Date.now(), bytes };
    (isLong(one) ? this.longOnes : this.hand).add(one);
    this.start();
  }

  private start(): void {
    // What fails shows in the next round.
    if (this.draining === null) void this.outsideCalls(() => this.drain().catch(() => undefined));
  }

  private sweep(): Promise<void> {
    this.due = true;
    return this.drain();
  }

  private drain(): Promise<void> {
    this.draining ??= this.run().finally(() => {
      this.draining = null;
    });
    return this.draining;
  }

  private async run(): Promise<void> {
    while (!this.stopped && (this.hand.size > 0 || this.due || this.nextLong.length > 0)) {
      await this.giveBack(staleSince());
      const claimed = this.due ? await this.claimDue() : 0;
      const events = this.hand.first(AT_ONCE + claimed);
      const long = this.nextLong;
      const all = [...long, ...events];
      if (all.length === 0) continue;
      const rules = await this.endpoints.rulesOf([...new Set(all.map((one) => one.arrival.endpointId))]);
      this.beginLong(long, rules);
      for (const lot of lotsOf(events, rules)) {
        if (!this.mayBegin(lot)) break;
        this.hand.remove(lot);
        await this.processAll(lot, rules);
      }
    }
    if (this.stopped) await this.giveBack(Infinity);
  }

  /** False where its turn came too late: it is given back in a moment. */
  private mayBegin(events: readonly InHand[]): boolean {
    return !this.stopped && events.every(({ claim }) => claim.at >= staleSince());
  }

  /** The one, if any, that may be begun with now. */
  private get nextLong(): readonly InHand[] {
    return this.longOne === null ? this.longOnes.first(1) : [];
  }

  /** Nobody waits for it. */
  private beginLong(long: readonly InHand[], rules: ReadonlyMap<string, EndpointRules>): void {
    if (long.length === 0 || !this.mayBegin(long)) return;
    this.longOnes.remove(long);
    this.longOne = this.processAll(long, rules)
      .catch((error: unknown) =>
        this.log.warn({ err: error }, 'What became of an inbound event is not stored'),
      )
      .finally(() => {
        this.longOne = null;
        this.wake();
      });
  }

  private async processAll(
    events: readonly InHand[],
    rules: ReadonlyMap<string, EndpointRules>,
  ): Promise<void> {
    await this.settle(
      await Promise.all(events.map((one) => this.process(one, rules.get(one.arrival.endpointId)))),
    );
  }

  /** Claims what is due, to be processed first; answers how many there are of it that are not long. */
  private async claimDue(): Promise<number> {
    this.due = false;
    const claim: Claim = { id: newId(), at: performance.now() };
    // Others may have the long ones meanwhile.
    const mostParts = this.longOne === null && this.longOnes.size === 0 ? ANY : MOST_OF_SHORT;
    const claimed = await this.claims.claim(claim.id, CLAIMED_AT_ONCE, mostParts);
    const weight = claimed.reduce((sum, { body, parts }) => sum + weightOf(body.length, parts), 0);
    this.due ||= claimed.length === CLAIMED_AT_ONCE || weight >= CLAIM_WEIGHT;
    // Whoever had these died each time: they are not even looked into.
    const spent = claimed.filter(({ attempts }) => attempts > MOST_ATTEMPTS);
    const found = claimed
      .filter(({ attempts }) => attempts <= MOST_ATTEMPTS)
      .map((event) => ({
        claim,
        arrival: arrivalOf(event),
        attempts: event.attempts,
        receivedAt: event.received_at.getTime(),
        bytes: event.body.length,
      }));
    const short = found.filter((one) => !isLong(one));
    this.hand.addFirst(short);
    this.longOnes.addFirst(found.filter(isLong));
    if (spent.length > 0) {
      const ids = spent.map(({ id }) => id);
      this.log.error({ inboundEvents: ids }, 'Inbound events that no attempt came to an end with');
      await this.settle(ids.map((id) => ({ id, claim: claim.id, ...GAVE_UP })));
    }
    return short.length;
  }

  /** What is still in hand and was claimed before then. @param since by `performance.now()` */
  private async giveBack(since: number): Promise<void> {
    const held = [this.hand, this.longOnes].flatMap((hand) => hand.removeClaimedBefore(since));
    if (held.length === 0) return;
    this.due = true;
    await this.claims.giveBack(held.map(({ arrival, claim }) => ({ id: arrival.id, claim: claim.id })));
  }

  private async settle(results: readonly ProcessedEvent[]): Promise<void> {
    for (const [status, count] of await this.claims.settle(results)) processed.inc({ status }, count);
  }

  /** Never throws: whatever goes wrong is its result. */
  private async process(
    { claim, arrival, attempts, receivedAt }: InHand,
    endpoint: EndpointRules | undefined,
  ): Promise<ProcessedEvent> {
    const { id } = arrival;
    const ended = (status: ProcessedEvent['status'], reason: string | null): ProcessedEvent => ({
      id,
      claim: claim.id,
      status,
      reason,
      retryInMs: null,
      counts: true,
    });
    const done = times.startTimer();
    try {
      if (endpoint === undefined) return ended('ignored', 'the endpoint is gone');
      const forwarded = await this.forwarder.forward(arrival, endpoint, this.keeper(id, claim));
      this.notices.tell(inboundEventReceived, noticeOf(arrival, endpoint));
      return forwarded > 0 ? ended('processed', null) : ended('ignored', 'no rule matches');
    } catch (error) {
      if (error instanceof Abandoned) return { ...ended('pending', null), retryInMs: 0, counts: false };
      const next = afterFailure(error, attempts, Date.now() - receivedAt);
      const last = next.retryInMs === null;
      this.log[last ? 'error' : 'warn'](
        { err: error, inboundEvent: id, attempts },
        last ? 'An inbound event could not be processed' : 'An inbound event is tried again later',
      );
      return { ...ended(last ? 'failed' : 'pending', reasonOf(error)), ...next };
    } finally {
      done();
    }
  }

  /** Holds a claim for as long as it is called now and then; throws once it is lost, or nobody should go on. */
  private keeper(id: string, { id: claim, at }: Claim): () => Promise<void> {
    let since = at;
    return async () => {
      if (this.stopped) throw new Abandoned();
      const now = performance.now();
      if (now - since < RENEWED_AFTER_MS) return;
      if (!(await this.claims.renew(id, claim))) throw new Abandoned();
      since = now;
    };
  }
}

const staleSince = (): number => performance.now() - RENEWED_AFTER_MS;

function noticeOf(
  { id, endpointId, events }: Arrival,
  { integration_id, project_id }: EndpointRules,
): InboundEvent {
  return {
    id,
    endpoint_id: endpointId,
    integration_id,
    project_id,
    events: events.slice(0, TOLD),
    parts: events.length,
  };
}
