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
import { isFinal } from '../../final-error';
import { LOG } from '../../parts.module';
import { EndpointsRepository, type EndpointRules } from '../endpoints/endpoints.repository';
import { MOST_ATTEMPTS, retryInMs } from './backoff';
import {
  type Claim,
  CLAIM_SECONDS,
  CLAIM_WEIGHT,
  ClaimsRepository,
  type ProcessedEvent,
  weightOf,
} from './claims.repository';
import { type Arrival, AT_ONCE as FORWARDED_AT_ONCE, Forwarder, reasonOf } from './forwarder';
import { Hand, type InHand } from './hand';
import { arrivalOf } from './reading';

const SWEEP_EVERY_MS = 1_000;
/** Due ones that are claimed in one statement. */
const CLAIMED_AT_ONCE = 64;
/** As many as come in while the last ones are settled, or those that are left would have to be read again. */
const AT_ONCE = 256;
/** Bytes of what is sent at once, by all rules together, whatever a single one needs. */
const AT_ONCE_WEIGHT = 16 * 1024 * 1024;
/** Of a delivery that tells of many, those that are told on the bus. */
const TOLD = 50;
/** A claim older than that is renewed before more is done by it: what is begun with takes some seconds more. */
const RENEWED_AFTER_MS = (CLAIM_SECONDS * 1000) / 2;

/** More events than that are sent in several lots. */
const LONG = FORWARDED_AT_ONCE;
const GAVE_UP = { status: 'failed', reason: 'no attempt came to an end', retryInMs: null } as const;

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
 * due besides: retries, and what others left behind that died.
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
  private draining: Promise<void> | null = null;
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
    this.hand.add({ claim, arrival, attempts: 1, bytes });
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
    while (!this.stopped && (this.hand.size > 0 || this.due)) {
      await this.giveBack(this.hand.claimedBefore(staleSince()));
      const claimed = this.due ? await this.claimDue() : 0;
      const events = this.hand.first(AT_ONCE + claimed);
      if (events.length === 0) continue;
      const rules = await this.endpoints.rulesOf([...new Set(events.map((one) => one.arrival.endpointId))]);
      for (const lot of lotsOf(events, rules)) {
        // Its turn came too late: it is given back in a moment.
        if (this.stopped || lot.some(({ claim }) => claim.at < staleSince())) break;
        this.hand.remove(lot);
        await this.settle(
          await Promise.all(lot.map((one) => this.process(one, rules.get(one.arrival.endpointId)))),
        );
      }
    }
    if (this.stopped) await this.giveBack(this.hand.removeAll());
  }

  /** Claims what is due, to be processed first; answers how many there are of it. */
  private async claimDue(): Promise<number> {
    this.due = false;
    const claim: Claim = { id: newId(), at: performance.now() };
    const claimed = await this.claims.claim(claim.id, CLAIMED_AT_ONCE);
    const weight = claimed.reduce((sum, { body, parts }) => sum + weightOf(body.length, parts), 0);
    this.due ||= claimed.length === CLAIMED_AT_ONCE || weight >= CLAIM_WEIGHT;
    // Whoever had these died each time: they are not even looked into.
    const spent = claimed.filter(({ attempts }) => attempts > MOST_ATTEMPTS);
    const found = claimed.filter(({ attempts }) => attempts <= MOST_ATTEMPTS);
    this.hand.addFirst(
      found.map((event) => ({
        claim,
        arrival: arrivalOf(event),
        attempts: event.attempts,
        bytes: event.body.length,
      })),
    );
    if (spent.length > 0) {
      const ids = spent.map(({ id }) => id);
      this.log.error({ inboundEvents: ids }, 'Inbound events that no attempt came to an end with');
      await this.settle(ids.map((id) => ({ id, claim: claim.id, ...GAVE_UP })));
    }
    return found.length;
  }

  private async giveBack(held: readonly InHand[]): Promise<void> {
    if (held.length === 0) return;
    this.hand.remove(held);
    this.due = true;
    await this.claims.giveBack(held.map(({ arrival, claim }) => ({ id: arrival.id, claim: claim.id })));
  }

  private async settle(results: readonly ProcessedEvent[]): Promise<void> {
    for (const [status, count] of await this.claims.settle(results)) processed.inc({ status }, count);
  }

  /** Never throws: whatever goes wrong is its result. */
  private async process(
    { claim, arrival, attempts }: InHand,
    endpoint: EndpointRules | undefined,
  ): Promise<ProcessedEvent> {
    const { id } = arrival;
    const ended = (status: ProcessedEvent['status'], reason: string | null): ProcessedEvent => ({
      id,
      claim: claim.id,
      status,
      reason,
      retryInMs: null,
    });
    const done = times.startTimer();
    try {
      if (endpoint === undefined) return ended('ignored', 'the endpoint is gone');
      const forwarded = await this.forwarder.forward(arrival, endpoint, this.keeper(id, claim));
      this.notices.tell(inboundEventReceived, noticeOf(arrival, endpoint));
      return forwarded > 0 ? ended('processed', null) : ended('ignored', 'no rule matches');
    } catch (error) {
      if (error instanceof Abandoned) return { ...ended('pending', null), retryInMs: 0 };
      const last = isFinal(error) || attempts >= MOST_ATTEMPTS;
      this.log[last ? 'error' : 'warn'](
        { err: error, inboundEvent: id, attempts },
        last ? 'An inbound event could not be processed' : 'An inbound event is tried again later',
      );
      if (last) return ended('failed', reasonOf(error));
      return { ...ended('pending', reasonOf(error)), retryInMs: retryInMs(attempts) };
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

/** Each bounded by what its rules may send. The others do not wait for what takes long. */
function lotsOf(
  events: readonly InHand[],
  rules: ReadonlyMap<string, EndpointRules>,
): readonly (readonly InHand[])[] {
  const lots: InHand[][] = [];
  let weight = Infinity;
  for (const one of events.filter((event) => !isLong(event))) {
    const own = weightOf(one.bytes, one.arrival.events.length);
    const sent = own * Math.max(1, rules.get(one.arrival.endpointId)?.rules.length ?? 0);
    if (weight + sent > AT_ONCE_WEIGHT) {
      lots.push([]);
      weight = 0;
    }
    lots.at(-1)?.push(one);
    weight += sent;
  }
  return [...lots, ...events.filter(isLong).map((one) => [one])];
}

function isLong({ arrival }: InHand): boolean {
  return arrival.events.length > LONG;
}

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
