import { EVENT_TYPE_MAX_LENGTH, type NormalizedEvent } from '@signalbox/contracts';
import { sha256Hex } from '@signalbox/security';
import type { Connector, EventFacts, WebhookPart } from '../connector';
import { clean, LONGEST_NAME, LONGEST_TEXT } from '../delivery/fields';
import type { InboundDelivery } from '../delivery/inbound-delivery';
import { MOST_EVENTS } from './limits';

/** Of a body that cannot be understood. */
const UNKNOWN: EventFacts = { event: 'unknown' };

/** What a verified delivery tells: at least one event. */
export function normalise(
  connector: Connector & { readonly webhook: WebhookPart },
  delivery: InboundDelivery,
  receivedAt: Date,
): readonly [NormalizedEvent, ...NormalizedEvent[]] {
  const deliveryId = boundedId(connector.webhook.deliveryId(delivery));
  const [first = UNKNOWN, ...others] = connector.webhook.events(delivery).slice(0, MOST_EVENTS);
  const one = (facts: EventFacts, part: number) =>
    normaliseOne(connector, facts, { deliveryId, part, receivedAt });
  return [one(first, 0), ...others.map((facts, i) => one(facts, i + 1))];
}

/**
 * What the body says of each event of the delivery, in their order: all of it where it tells of a single one. Undefined where that is no
 * JSON. `JSON.stringify` writes each number of it as it was sent.
 *
 * @throws RangeError where it is nested some thousand levels deep
 */
export function payloads(
  { webhook }: { readonly webhook: WebhookPart },
  delivery: InboundDelivery,
): readonly unknown[] {
  const passedOn = delivery.toPassOn();
  const pieces = webhook.pieces?.(passedOn) ?? [];
  return pieces.length > 0 ? pieces : [passedOn.payload];
}

function normaliseOne(
  { id, title }: Connector,
  facts: EventFacts,
  { deliveryId, part, receivedAt }: { deliveryId: string | null; part: number; receivedAt: Date },
): NormalizedEvent {
  const event = clean(facts.event, LONGEST_NAME) ?? UNKNOWN.event;
  const action = clean(facts.action, LONGEST_NAME);
  return {
    provider: id,
    delivery_id: deliveryId,
    part,
    event,
    action,
    topic: facts.topic ?? null,
    occurred_at: facts.occurredAt ?? receivedAt.toISOString(),
    subject: facts.subject ?? null,
    repository: facts.repository ?? null,
    revision: facts.revision ?? null,
    summary: summarise(title, facts, event, action),
  };
}

function summarise(title: string, facts: EventFacts, event: string, action: string | null): string {
  const { subject, repository } = facts;
  const parts = [`${title}: ${event}${action === null ? '' : ` ${action}`}`];
  if (subject) parts.push(`${subject.kind.replaceAll('_', ' ')} ${subject.id}`);
  if (repository) parts.push(`in ${repository}`);
  const told = subject?.title ? `${parts.join(' ')}: ${subject.title}` : parts.join(' ');
  return told.slice(0, LONGEST_TEXT).toWellFormed();
}

/** An id that is too long is known by its digest, so that two never become one. */
function boundedId(id: string | null): string | null {
  const whole = clean(id, Infinity);
  return whole === null || whole.length <= LONGEST_NAME ? whole : `sha256:${sha256Hex(whole)}`;
}

/** What S4 calls the type of an event: `pull_request.opened`. */
export function eventName({ event, action }: Pick<NormalizedEvent, 'event' | 'action'>): string {
  return action === null ? event : `${event}.${action}`;
}

/** The type under which an inbound event goes out: `github.pull_request.opened`. Always a well-formed type. */
export function outboundEventType(event: Pick<NormalizedEvent, 'provider' | 'event' | 'action'>): string {
  const words = [event.provider, ...`${eventName(event)}`.split(/[.:/]/)]
    .map(word)
    .filter((one) => one !== '');
  if (words.length < 2) words.push(UNKNOWN.event);
  return cut(words);
}

function word(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
}

/** Whole words, as many as fit. */
function cut(words: readonly string[]): string {
  let type = '';
  for (const one of words) {
    const longer = type === '' ? one : `${type}.${one}`;
    if (longer.length > EVENT_TYPE_MAX_LENGTH) break;
    type = longer;
  }
  return type.includes('.') ? type : `${type}.${UNKNOWN.event}`;
}
