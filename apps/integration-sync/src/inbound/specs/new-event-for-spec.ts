import { newId } from '@signalbox/database';
import type { NewInboundEvent } from '../intake/event-writer';

/** A small delivery that somebody waits a minute for. */
export function newEvent(
  fields: Pick<NewInboundEvent, 'endpointId' | 'deliveryId'> & Partial<NewInboundEvent>,
): NewInboundEvent {
  return {
    id: newId(),
    provider: 'generic',
    eventType: 'generic.x',
    event: 'x',
    action: null,
    parts: 1,
    method: 'POST',
    url: 'https://hub.example.com/',
    headers: ['accept', '*/*'],
    body: Buffer.from('{}'),
    ignored: null,
    receivedAt: new Date().toISOString(),
    deadline: Date.now() + 60_000,
    ...fields,
  };
}
