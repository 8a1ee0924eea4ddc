import type { EventFacts, HandshakeAnswer } from '../connector';
import { at, clean, listAt, LONGEST_NAME, nameAt, timeAt } from '../delivery/fields';
import type { InboundDelivery } from '../delivery/inbound-delivery';
import { MOST_EVENTS } from './limits';

const NAMES = ['event_type', 'type', 'event', 'eventType', 'event_name'];
const NAME_HEADERS = ['X-Event-Type', 'X-Event', 'X-Webhook-Event', 'X-Event-Name'];
const TIMES = ['timestamp', 'occurred_at', 'created_at', 'time'];
const BATCH = 'application/cloudevents-batch+json';

/** What can be told of a delivery of whom nobody knows: a CloudEvent, or the usual names. */
export function plainFacts(delivery: InboundDelivery): readonly EventFacts[] {
  const { headers, payload } = delivery;
  if (delivery.contentType === BATCH) return plainPieces(delivery).map(structured);
  if (isStructured(payload)) return [structured(payload)];
  const binary = headers.one('ce-type');
  if (binary !== undefined) {
    return [cloudEvent(binary, headers.one('ce-subject') ?? null, timeAt(headers.one('ce-time')))];
  }
  const [inBody] = NAMES.flatMap((name) => {
    const value = at(payload, name);
    return typeof value === 'string' ? [value] : [];
  });
  const [inHeader] = NAME_HEADERS.flatMap((name) => headers.one(name) ?? []);
  const event = clean(inBody ?? inHeader, LONGEST_NAME);
  if (event === null) return [];
  const times = TIMES.map((name) => timeAt(payload, name));
  return [{ event, occurredAt: times.find((time) => time !== null) }];
}

/** Those of a batch of CloudEvents. */
export function plainPieces({ contentType, payload }: InboundDelivery): readonly unknown[] {
  return contentType === BATCH ? listAt(payload, MOST_EVENTS) : [];
}

/** An event is known by source and id together: ids of two sources may be the same. */
export function cloudEventId({ headers, payload }: InboundDelivery): string | null {
  const source = isStructured(payload) ? nameAt(payload, 'source') : headers.one('ce-source');
  const id = isStructured(payload) ? nameAt(payload, 'id') : headers.one('ce-id');
  return source && id ? `${source.replace(/[%#]/g, encodeURIComponent)}#${id}` : null;
}

function isStructured(payload: unknown): boolean {
  return nameAt(payload, 'specversion') !== null && nameAt(payload, 'type') !== null;
}

function structured(payload: unknown): EventFacts {
  return cloudEvent(
    nameAt(payload, 'type') ?? 'unknown',
    nameAt(payload, 'subject'),
    timeAt(payload, 'time'),
  );
}

function cloudEvent(event: string, subject: string | null, occurredAt: string | null): EventFacts {
  const id = clean(subject, LONGEST_NAME);
  return { event, occurredAt, subject: id === null ? null : { kind: 'subject', id, title: null, url: null } };
}

const ORIGIN = /^[A-Za-z0-9.*:_-]{1,253}$/;

/** CloudEvents' abuse protection: a sender asks whether it may send here. That the address is known is the permission. */
export function cloudEventsPreflight({ method, headers }: InboundDelivery): HandshakeAnswer | undefined {
  const origin = headers.one('WebHook-Request-Origin');
  if (method !== 'OPTIONS' || origin === undefined || !ORIGIN.test(origin)) return undefined;
  return { status: 200, headers: { allow: 'POST', 'webhook-allowed-origin': origin }, body: '' };
}
