import { notice } from '../notice';
import { operation, operationWithBytes } from '../operation';
import type { Page } from '../page';
import type {
  InboundAnswer,
  InboundDoor,
  InboundEndpointChanges,
  InboundEndpointFilter,
  InboundEndpointInput,
  InboundEndpointView,
  InboundEvent,
  InboundEventFilter,
  InboundEventRawView,
  InboundEventView,
  InboundRequestInput,
} from './views';

const SERVICE = 'integration-sync' as const;
/** Slack takes a delivery for lost after three seconds. */
const ANSWER_MS = 2_500;

export const inboundEndpointOperations = {
  create: operation<InboundEndpointInput, InboundEndpointView>(
    SERVICE,
    'inbound-endpoints.create',
    'command',
  ),
  /** Oldest first. */
  list: operation<InboundEndpointFilter, readonly InboundEndpointView[]>(
    SERVICE,
    'inbound-endpoints.list',
    'query',
  ),
  get: operation<{ id: string }, InboundEndpointView>(SERVICE, 'inbound-endpoints.get', 'query'),
  update: operation<{ id: string; changes: InboundEndpointChanges }, InboundEndpointView>(
    SERVICE,
    'inbound-endpoints.update',
    'command',
  ),
  remove: operation<{ id: string }, { id: string; deleted: true }>(
    SERVICE,
    'inbound-endpoints.delete',
    'command',
  ),
  /** A new secret: this is the only time it is told. The old one is good for `overlap_seconds` more. */
  rotateSecret: operation<{ id: string; overlap_seconds?: number }, { secret: string }>(
    SERVICE,
    'inbound-endpoints.rotate-secret',
    'command',
  ),
};

export const inboundOperations = {
  /** Null where there is no such endpoint, or it is switched off. */
  door: operation<{ path: string }, InboundDoor | null>(SERVICE, 'inbound.door', 'query', ANSWER_MS),
  /**
   * What is answered is on disk. Refuses with `NOT_FOUND` (no such endpoint), `FORBIDDEN` (its address is not on the list),
   * `UNAUTHENTICATED` (whoever sent it has not the secret); anything else means that it is not known to be stored: send it again.
   */
  receive: operationWithBytes(
    // `inbound.receive` had the body as text: while two versions are running, each tells the other's gateway that nobody takes it.
    operation<InboundRequestInput, InboundAnswer>(SERVICE, 'inbound.take', 'command', ANSWER_MS),
    'body',
  ),
};

export const inboundEventOperations = {
  /** Newest first. */
  list: operation<InboundEventFilter, Page<InboundEventView>>(SERVICE, 'inbound-events.list', 'query'),
  get: operation<{ endpoint_id: string; id: string }, InboundEventRawView>(
    SERVICE,
    'inbound-events.get',
    'query',
  ),
  /** Processes one again, or without `id` every one that failed (a thousand at once). Their events go out once more. */
  replay: operation<{ endpoint_id: string; id?: string }, { replayed: number }>(
    SERVICE,
    'inbound-events.replay',
    'command',
  ),
};

/** Endpoints were changed or removed, or the integration that they belong to: forget what you know of them. */
export const inboundEndpointsChanged = notice<{ paths: readonly string[] }>(
  'inbound-endpoints.changed',
  'everyone',
);

export const inboundEventReceived = notice<InboundEvent>('inbound-events.received', 'one-of-each');
