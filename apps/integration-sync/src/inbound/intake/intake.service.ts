import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  eventName,
  InboundDelivery,
  InboundHeaders,
  normalise,
  outboundEventType,
  payloads,
} from '@signalbox/connectors';
import {
  type CallContext,
  DomainError,
  INBOUND_ASKING,
  type InboundAnswer,
  type InboundDoor,
  type InboundRequestInput,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { counter } from '@signalbox/observability';
import type { HubMark } from '@signalbox/security';
import { processed, Processor } from '../processing/processor';
import { EventWriter, LATE } from './event-writer';
import { KnownEndpoints, type ReceivingEndpoint } from './known-endpoints';
import { maskedHeaders, maskedUrl } from './masked-request';

/** What the hub's own deliveries bear. */
export const HUB_MARKS = Symbol('hub marks');

const LOOP = 'loop: it is a delivery of this hub';

const received = counter({
  name: 'signalbox_inbound_received_total',
  help: 'Verified deliveries of providers, by what became of them: stored, duplicate or handshake',
  labelNames: ['provider', 'outcome'],
});
const refused = counter({
  name: 'signalbox_inbound_refused_total',
  help: 'Deliveries that were refused, by provider and reason',
  labelNames: ['provider', 'reason'],
});

/** Takes what providers send: verified over the bytes as they came, known again when it comes twice, on disk before it is answered. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly known: KnownEndpoints,
    private readonly writer: EventWriter,
    private readonly processor: Processor,
    @Inject(HUB_MARKS) private readonly marks: readonly HubMark[],
  ) {}

  async door(path: string): Promise<InboundDoor | null> {
    // Gateways believe this for seconds: it must not be what this process believed before it heard of a change.
    const [endpoint] = await this.known.lookUp(path);
    if (endpoint === undefined) return null;
    return {
      endpoint_id: endpoint.id,
      rate_limit: endpoint.rateLimit,
      allowed_ips: endpoint.allowedIps,
    };
  }

  async receive(input: InboundRequestInput, context: CallContext): Promise<InboundAnswer> {
    const delivery = new InboundDelivery({
      method: input.method,
      url: input.url,
      headers: InboundHeaders.fromRaw(input.headers),
      body: input.body,
    });
    const meant = await this.known.at(input.target);
    if (meant.length === 0) throw DomainError.notFound('inbound_endpoint');
    const address = context.origin?.address ?? '';
    const admitting = meant.filter((endpoint) => endpoint.admits(address));
    const [first] = admitting;
    if (first === undefined) throw new DomainError({ code: 'FORBIDDEN', messageKey: 'address_refused' });
    if (INBOUND_ASKING.has(delivery.method)) return welcome(first, delivery);
    const anyOf = 'provider' in input.target && input.target.id === null;
    const endpoint = await (anyOf ? addressed(admitting, delivery) : verified(admitting, delivery));
    const handshake = endpoint.receiver.webhook.handshake?.(delivery);
    if (handshake !== undefined) {
      received.inc({ provider: endpoint.receiver.id, outcome: 'handshake' });
      return { outcome: 'handshake', ...handshake };
    }
    return await this.store(endpoint, delivery, input, context.deadline);
  }

  /** Resolves once everything accepted so far is on disk. */
  idle(): Promise<void> {
    return this.writer.idle();
  }

  private async store(
    { id, receiver }: ReceivingEndpoint,
    delivery: InboundDelivery,
    input: InboundRequestInput,
    deadline: number,
  ): Promise<InboundAnswer> {
    const now = new Date();
    const events = normalise(receiver, delivery, now);
    const [event] = events;
    const { scheme } = receiver.webhook;
    const ignored = this.isOwn(delivery) ? LOOP : null;
    const stored = await this.writer.add({
      id: newId(),
      endpointId: id,
      deliveryId: event.delivery_id,
      provider: receiver.id,
      eventType: outboundEventType(event),
      event: event.event,
      action: event.action,
      parts: events.length,
      method: delivery.method,
      url: maskedUrl(input.url, scheme),
      headers: maskedHeaders(input.headers, scheme),
      body: delivery.body,
      ignored,
      receivedAt: now.toISOString(),
      deadline,
    });
    if (stored === LATE) throw new DomainError({ code: 'SERVICE_UNAVAILABLE', retryAfter: 5 });
    const outcome = stored.duplicate ? 'duplicate' : 'stored';
    received.inc({ provider: receiver.id, outcome });
    if (!stored.duplicate && ignored !== null) processed.inc({ status: 'ignored' });
    else if (!stored.duplicate) {
      const arrival = {
        id: stored.id,
        endpointId: id,
        replays: 0,
        events,
        payloads: () => payloads(receiver, delivery),
      };
      if (stored.claim === null) this.processor.wake();
      else this.processor.take(stored.claim, arrival, delivery.body.length);
    }
    return { outcome, event_id: stored.id, event_type: eventName(event) };
  }

  private isOwn({ headers }: InboundDelivery): boolean {
    return this.marks.some(({ header, value }) => headers.all(header).includes(value));
  }
}

/** @throws DomainError `METHOD_NOT_ALLOWED` where the provider does not ask beforehand */
function welcome({ receiver }: ReceivingEndpoint, delivery: InboundDelivery): InboundAnswer {
  const answer = receiver.webhook.preflight?.(delivery);
  if (answer === undefined) throw new DomainError({ code: 'METHOD_NOT_ALLOWED' });
  return { outcome: 'handshake', ...answer };
}

/** Bytes that are hashed for one request, where it is not said whose it is; a first endpoint is always tried. */
const MOST_HASHED = 16 * 1024 * 1024;
/** Tried before others get their turn. */
const TRIED_AT_ONCE = 4;

/**
 * Whose delivery it is at the common address of a provider, of those that have the secret: the one for its repository, rather than for all
 * of the repository's owner, else one for any.
 * @throws DomainError as `verified` does, and `NOT_FOUND` where the delivery is about a repository that none of them is for
 */
async function addressed(
  endpoints: readonly ReceivingEndpoint[],
  delivery: InboundDelivery,
): Promise<ReceivingEndpoint> {
  const first = await verified(endpoints, delivery);
  const { id, webhook } = first.receiver;
  const repository = webhook.events(delivery)[0]?.repository?.toLowerCase();
  if (repository === undefined) return first;
  const meant = endpoints
    .slice(endpoints.indexOf(first))
    .filter(({ repository: own }) => own === null || `${repository}/`.startsWith(`${own}/`))
    .sort((a, b) => (b.repository?.length ?? 0) - (a.repository?.length ?? 0));
  const found = await fitting(meant, delivery);
  if (typeof found !== 'string') return found;
  refused.inc({ provider: id, reason: 'unknown_repository' });
  throw DomainError.notFound('inbound_endpoint');
}

/** @throws DomainError `UNAUTHENTICATED` where no endpoint has the secret, or there are too many for so large a body */
async function verified(
  endpoints: readonly ReceivingEndpoint[],
  delivery: InboundDelivery,
): Promise<ReceivingEndpoint> {
  const found = await fitting(endpoints, delivery);
  if (typeof found === 'string') throw refusal(endpoints[0], found);
  return found;
}

/** The first that has the secret, or why there is none. */
async function fitting(
  endpoints: readonly ReceivingEndpoint[],
  delivery: InboundDelivery,
): Promise<ReceivingEndpoint | string> {
  const now = Date.now();
  let reason = 'no_secret';
  let hashed = 0;
  for (const [tried, endpoint] of endpoints.entries()) {
    if (!endpoint.verifies) return endpoint;
    const secrets = endpoint.secretsAt(now);
    hashed += delivery.body.length * secrets.length;
    if (tried > 0 && hashed > MOST_HASHED) return 'too_many_endpoints';
    if (tried > 0 && tried % TRIED_AT_ONCE === 0) await nextTurn();
    const verdict = endpoint.receiver.webhook.scheme.verify(delivery, { secrets, nowSeconds: now / 1000 });
    if (verdict.verified) return endpoint;
    reason = verdict.reason;
  }
  return reason;
}

function refusal(endpoint: ReceivingEndpoint | undefined, reason: string): DomainError {
  refused.inc({ provider: endpoint?.receiver.id ?? 'none', reason });
  return new DomainError({
    code: 'UNAUTHENTICATED',
    messageKey: reason === 'too_many_endpoints' ? reason : 'signature_refused',
  });
}
