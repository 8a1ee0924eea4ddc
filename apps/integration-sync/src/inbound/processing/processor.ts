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
const CLAIM_MOST = 64;
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

/**
 * Does with what came in whatever its endpoint's rules say. Whoever stored something wakes it; each second it looks for what is due
 * besides: retries, and what others left behind that died.
 */
@Injectable()
export class Processor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    SWEEP_EVERY_MS,
    () => this.drain(),
    (error) => this.log.warn({ err: error }, 'Inbound events could not be processed; trying again shortly'),
  );
  /** Whoever delivered something does not call what becomes of it, and does not wait for it. */
  private readonly outsideCalls = AsyncLocalStorage.snapshot();
  private draining: Promise<void> | null = null;
  private again = false;
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
    this.again = true;
    // What fails shows in the next round.
    if (this.draining === null) void this.outsideCalls(() => this.drain().catch(() => undefined));
  }

  private drain(): Promise<void> {
    this.again = true;
    this.draining ??= this.run().finally(() => {
      this.draining = null;
    });
    return this.draining;
  }

  private async run(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      const claimId = newId();
      const claimed = await this.claims.claim(claimId, CLAIM_MOST);
      if (claimed.length === 0) continue;
      this.again ||= claimed.length === CLAIM_MOST;
      const rules = await this.endpoints.rulesOf([...new Set(claimed.map((one) => one.endpoint_id))]);
      const results = await Promise.all(
        claimed.map((event) => this.process(event, rules.get(event.endpoint_id))),
      );
      const settled = await this.claims.settle(claimId, results);
      for (const [status, events] of settled) processed.inc({ status }, events);
    }
  }

  /** Never throws: whatever goes wrong is its result. */
  private async process(event: ClaimedEvent, endpoint: EndpointRules | undefined): Promise<ProcessedEvent> {
    const { id } = event;
    const done = times.startTimer();
    try {
      if (endpoint === undefined) return ended(id, 'ignored', 'the endpoint is gone');
      const arrival = arrivalOf(event);
      const forwarded = await this.forwarder.forward(arrival, endpoint);
      this.notices.tell(inboundEventReceived, noticeOf(arrival, endpoint));
      return forwarded > 0 ? ended(id, 'processed', null) : ended(id, 'ignored', 'no rule matches');
    } catch (error) {
      const last = isFinal(error) || event.attempts >= MOST_ATTEMPTS;
      this.log[last ? 'error' : 'warn'](
        { err: error, inboundEvent: id, attempts: event.attempts },
        last ? 'An inbound event could not be processed' : 'An inbound event is tried again later',
      );
      if (last) return ended(id, 'failed', reasonOf(error));
      return { id, status: 'pending', reason: reasonOf(error), retryInMs: retryInMs(event.attempts) };
    } finally {
      done();
    }
  }
}

function ended(id: string, status: ProcessedEvent['status'], reason: string | null): ProcessedEvent {
  return { id, status, reason, retryInMs: null };
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
