import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { connectorById, InboundDelivery, InboundHeaders, normalise } from '@signalbox/connectors';
import { type InboundEvent, inboundEventReceived, type NormalizedEvent } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { counter, histogram } from '@signalbox/observability';
import { Notices, Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { isFinal } from '../../final-error';
import { LOG } from '../../parts.module';
import { EndpointsRepository, type EndpointRules } from '../endpoints/endpoints.repository';
import { MOST_ATTEMPTS, retryInMs } from './backoff';
import { type ClaimedEvent, ClaimsRepository, type ProcessedEvent } from './claims.repository';
import { type Arrival, Forwarder, reasonOf } from './forwarder';

const SWEEP_EVERY_MS = 1_000;
const AT_ONCE = 64;
/** Events in hand and the bytes of their bodies, beyond which the others are left to whoever finds them due. */
const IN_HAND = 512;
const IN_HAND_BYTES = 16 * 1024 * 1024;
/** Of a delivery that tells of many, those that are told on the bus. */
const TOLD = 50;

const times = histogram({
  name: 'webhook_processing_time',
  help: 'Time taken to process webhook events, in seconds',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const processed = counter({
  name: 'webhook_events_processed',
  help: 'Number of webhook events processed, by what became of them: processed, failed, ignored, or pending where they are tried again',
  labelNames: ['status'],
});

/** An event that nobody else processes meanwhile. */
export interface ClaimedArrival {
  readonly claim: string;
  readonly arrival: Arrival;
  /** Undefined where it is gone. */
  readonly endpoint: EndpointRules | undefined;
}

interface InHand extends ClaimedArrival {
  /** This one included. */
  readonly attempts: number;
}

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
  private readonly inHand: (InHand & { readonly bytes: number })[] = [];
  private bytesInHand = 0;
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

  /** Finishes what is under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.rounds.stop();
    await this.draining?.catch(() => undefined);
  }

  /** Something may be due. */
  wake(): void {
    this.due = true;
    this.start();
  }

  /** Whether what is stored now may be claimed for being processed here. */
  get hasRoom(): boolean {
    return this.inHand.length < IN_HAND && this.bytesInHand < IN_HAND_BYTES && !this.stopped;
  }

  /** What has just been stored under that claim. @param bytes of its body */
  take(event: ClaimedArrival, bytes: number): void {
    this.inHand.push({ ...event, attempts: 1, bytes });
    this.bytesInHand += bytes;
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
    while (this.inHand.length > 0 || (this.due && !this.stopped)) {
      const taken = this.inHand.splice(0, AT_ONCE);
      for (const { bytes } of taken) this.bytesInHand -= bytes;
      const events: InHand[] = taken;
      if (this.due && !this.stopped) events.push(...(await this.claimDue()));
      if (events.length === 0) continue;
      const results = await Promise.all(events.map((event) => this.process(event)));
      const settled = await this.claims.settle(results);
      for (const [status, count] of settled) processed.inc({ status }, count);
    }
  }

  private async claimDue(): Promise<InHand[]> {
    this.due = false;
    const claim = newId();
    const claimed = await this.claims.claim(claim, AT_ONCE);
    this.due ||= claimed.length === AT_ONCE;
    if (claimed.length === 0) return [];
    const rules = await this.endpoints.rulesOf([...new Set(claimed.map((one) => one.endpoint_id))]);
    return claimed.map((event) => ({
      claim,
      arrival: arrivalOf(event),
      endpoint: rules.get(event.endpoint_id),
      attempts: event.attempts,
    }));
  }

  /** Never throws: whatever goes wrong is its result. */
  private async process({ claim, arrival, endpoint, attempts }: InHand): Promise<ProcessedEvent> {
    const { id } = arrival;
    const ended = (status: ProcessedEvent['status'], reason: string | null): ProcessedEvent => ({
      id,
      claim,
      status,
      reason,
      retryInMs: null,
    });
    const done = times.startTimer();
    try {
      if (endpoint === undefined) return ended('ignored', 'the endpoint is gone');
      const forwarded = await this.forwarder.forward(arrival, endpoint);
      this.notices.tell(inboundEventReceived, noticeOf(arrival, endpoint));
      return forwarded > 0 ? ended('processed', null) : ended('ignored', 'no rule matches');
    } catch (error) {
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
}

/** What was received, read once more: pure, so that nothing but the bytes need be kept. */
export function eventsOf(
  event: Pick<
    ClaimedEvent,
    'provider' | 'method' | 'url' | 'headers' | 'body' | 'delivery_id' | 'received_at'
  >,
): { delivery: InboundDelivery; events: readonly NormalizedEvent[] } {
  const delivery = new InboundDelivery({
    method: event.method,
    url: event.url,
    headers: InboundHeaders.fromRaw(event.headers),
    body: event.body,
  });
  const connector = connectorById(event.provider);
  if (connector?.webhook === undefined) return { delivery, events: [] };
  const receiver = { ...connector, webhook: connector.webhook };
  const events = normalise(receiver, delivery, event.received_at);
  return { delivery, events: events.map((one) => ({ ...one, delivery_id: event.delivery_id })) };
}

function arrivalOf(event: ClaimedEvent): Arrival {
  const { delivery, events } = eventsOf(event);
  return {
    id: event.id,
    endpointId: event.endpoint_id,
    replays: event.replays,
    events,
    payload: delivery.payload,
  };
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
