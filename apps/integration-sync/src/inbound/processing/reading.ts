import {
  connectorById,
  InboundDelivery,
  InboundHeaders,
  normalise,
  payloads,
  type ReceivingConnector,
} from '@signalbox/connectors';
import type { NormalizedEvent } from '@signalbox/contracts';
import type { ClaimedEvent } from './claims.repository';
import type { Arrival } from './forwarder';

type Received = Pick<
  ClaimedEvent,
  'provider' | 'method' | 'url' | 'headers' | 'body' | 'delivery_id' | 'received_at'
>;

/** What was received, read once more: pure, so that nothing but the bytes need be kept. */
export function eventsOf(event: Received): readonly NormalizedEvent[] {
  const receiver = receiverOf(event);
  return receiver === undefined ? [] : read(event, receiver, deliveryOf(event));
}

export function arrivalOf(event: ClaimedEvent): Arrival {
  const { id, endpoint_id: endpointId, replays } = event;
  const receiver = receiverOf(event);
  if (receiver === undefined) return { id, endpointId, replays, events: [], payloads: () => [] };
  const delivery = deliveryOf(event);
  const events = read(event, receiver, delivery);
  return { id, endpointId, replays, events, payloads: () => payloads(receiver, delivery) };
}

function receiverOf({ provider }: Received): ReceivingConnector | undefined {
  const connector = connectorById(provider);
  return connector?.webhook && { ...connector, webhook: connector.webhook };
}

function deliveryOf({ method, url, headers, body }: Received): InboundDelivery {
  return new InboundDelivery({ method, url, headers: InboundHeaders.fromRaw(headers), body });
}

function read(
  { received_at, delivery_id }: Received,
  receiver: ReceivingConnector,
  delivery: InboundDelivery,
): readonly NormalizedEvent[] {
  return normalise(receiver, delivery, received_at).map((one) => ({ ...one, delivery_id }));
}
