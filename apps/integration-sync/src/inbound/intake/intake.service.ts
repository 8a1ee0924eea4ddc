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

/** Methods that ask whether deliveries are welcome. */
const ASKING: ReadonlySet<string> = new Set(['OPTIONS', 'HEAD']);

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
    if (ASKING.has(delivery.method)) return welcome(first, delivery);
    // At a provider's common address the secret alone tells whose delivery it is.
    const endpoint = await verified(
      'path' in input.target ? admitting : admitting.filter(verifies),
      delivery,
    );
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
        payloads: payloads(receiver, delivery),
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

const verifies = (endpoint: ReceivingEndpoint): boolean => endpoint.verifies;

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

/** @throws DomainError `UNAUTHENTICATED` where no endpoint has the secret, or there are too many for so large a body */
async function verified(
  endpoints: readonly ReceivingEndpoint[],
  delivery: InboundDelivery,
): Promise<ReceivingEndpoint> {
  const now = Date.now();
  let reason = 'no_secret';
  let hashed = 0;
  for (const [tried, endpoint] of endpoints.entries()) {
    if (!endpoint.verifies) return endpoint;
    const secrets = endpoint.secretsAt(now);
    hashed += delivery.body.length * secrets.length;
    if (tried > 0 && hashed > MOST_HASHED) throw refusal(endpoint, 'too_many_endpoints');
    if (tried > 0 && tried % TRIED_AT_ONCE === 0) await nextTurn();
    const verdict = endpoint.receiver.webhook.scheme.verify(delivery, { secrets, nowSeconds: now / 1000 });
    if (verdict.verified) return endpoint;
    reason = verdict.reason;
  }
  throw refusal(endpoints[0], reason);
}

function refusal(endpoint: ReceivingEndpoint | undefined, reason: string): DomainError {
  refused.inc({ provider: endpoint?.receiver.id ?? 'none', reason });
  return new DomainError({
    code: 'UNAUTHENTICATED',
    messageKey: reason === 'too_many_endpoints' ? reason : 'signature_refused',
  });
}
