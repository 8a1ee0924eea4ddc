import type { NormalizedEvent } from '@signalbox/contracts';
import { outboundEventType } from './normalise';

/** CloudEvents 1.0, JSON format. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  readonly datacontenttype: 'application/json';
  readonly data: unknown;
}

export interface CloudEventOptions {
  /** Unique together with the source: the id of the stored event. */
  readonly id: string;
  /** What the event carries; the normalised event itself when not said. */
  readonly data?: unknown;
}

/** An inbound event as a CloudEvent, for those who subscribe to that form. */
export function toCloudEvent(event: NormalizedEvent, { id, data = event }: CloudEventOptions): CloudEvent {
  const repository = event.repository === null ? [] : event.repository.split('/');
  return {
    specversion: '1.0',
    id,
    source: `/${[event.provider, ...repository].map(encodeURIComponent).join('/')}`,
    type: outboundEventType(event),
    time: event.occurred_at,
    ...(event.subject !== null && { subject: `${event.subject.kind}/${event.subject.id}` }),
    datacontenttype: 'application/json',
    data,
  };
}
