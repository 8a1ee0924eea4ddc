import { isUtf8 } from 'node:buffer';
import type { InboundEventRawView, InboundEventView } from '@signalbox/contracts';
import { eventsOf } from '../processing/reading';
import type { ListedEvent } from './events.repository';
import type { InboundEventEntity } from './inbound-event.entity';

const MOST_NORMALIZED = 100;

export function eventView(event: ListedEvent): InboundEventView {
  return {
    id: event.id,
    endpoint_id: event.endpointId,
    provider: event.provider,
    delivery_id: event.deliveryId,
    event_type: event.eventType,
    event: event.event,
    action: event.action,
    parts: event.parts,
    status: event.status,
    reason: event.reason,
    attempts: event.attempts,
    next_attempt_at: event.status === 'pending' ? (event.nextAttemptAt?.toISOString() ?? null) : null,
    received_at: event.receivedAt.toISOString(),
    processed_at: event.processedAt?.toISOString() ?? null,
  };
}

export function rawEventView(event: InboundEventEntity): InboundEventRawView {
  const { method, url, headers, body } = event;
  const text = isUtf8(body);
  const events = eventsOf({
    ...event,
    delivery_id: event.deliveryId,
    received_at: event.receivedAt,
  });
  return {
    ...eventView(event),
    method,
    url,
    headers: pairs(headers),
    body_encoding: text ? 'utf8' : 'base64',
    body: body.toString(text ? 'utf8' : 'base64'),
    normalized: events.slice(0, MOST_NORMALIZED),
  };
}

function pairs(inTurn: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < inTurn.length; i += 2) found.push([inTurn[i] ?? '', inTurn[i + 1] ?? '']);
  return found;
}
