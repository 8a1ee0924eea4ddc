import { notice } from '../notice';
import { operation } from '../operation';
import type { Page, PageRequest } from '../page';
import type { EventTypeView } from './event-types';
import type { ClientErrorPolicy, DeliveryStatus, DeliveryView, TestResult, WebhookView } from './views';

const SERVICE = 'webhook-dispatcher' as const;

export interface WebhookInput {
  readonly project_id?: string | null;
  readonly name: string;
  readonly description?: string | null;
  readonly url: string;
  readonly events: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly is_active?: boolean;
  readonly retry_config?: { max_retries?: number; retry_delay?: number; on_client_error?: ClientErrorPolicy };
  readonly timeout_seconds?: number;
}

export interface WebhookFilter extends PageRequest {
  readonly project_id?: string;
  readonly is_active?: boolean;
}

export interface DeliveryFilter extends PageRequest {
  readonly webhook_id: string;
  readonly status?: DeliveryStatus;
  readonly with_attempts?: boolean;
}

export interface PublishInput {
  readonly event_type: string;
  readonly project_id?: string | null;
  /** The data as JSON text, exactly as it is delivered. Already known to be one JSON value. */
  readonly data: string;
  readonly source: string;
}

export interface DispatcherHealth {
  readonly database: 'connected' | 'disconnected';
  /** `embedded`: no Redis is configured, nothing to be connected to. */
  readonly cache: 'connected' | 'disconnected' | 'embedded';
  readonly webhooks_active: number | null;
}

/** Of the webhooks that the caller may see. */
export interface WebhookSummary {
  readonly total: number;
  readonly active: number;
  /** Deliveries that were begun in the last 24 hours, and what became of them so far. */
  readonly deliveries_24h: number;
  readonly succeeded_24h: number;
  readonly failed_24h: number;
}

/** Whole minutes, `to` not included: ISO 8601. Minutes of the last day can be asked for. */
export interface AttemptCountsQuery {
  readonly from: string;
  readonly to: string;
  /** Attempts of this project's webhooks only. */
  readonly project_id?: string;
}

/** Attempts of deliveries whose result came in that time. One that is made again has failed nevertheless. */
export interface AttemptCounts {
  readonly succeeded: number;
  readonly failed: number;
}

/** Longest wait of `webhooks.test`: the largest `timeout_seconds` and a little. */
const TEST_DEADLINE_MS = 305_000;

export const webhookOperations = {
  create: operation<WebhookInput, WebhookView>(SERVICE, 'webhooks.create', 'command'),
  list: operation<WebhookFilter, Page<WebhookView>>(SERVICE, 'webhooks.list', 'query'),
  get: operation<{ id: string }, WebhookView>(SERVICE, 'webhooks.get', 'query'),
  update: operation<{ id: string; changes: Partial<WebhookInput> }, WebhookView>(
    SERVICE,
    'webhooks.update',
    'command',
  ),
  remove: operation<{ id: string }, { id: string; deleted: true }>(SERVICE, 'webhooks.delete', 'command'),
  /** Sends now; answers what came back. Never throws for what the receiver did. */
  test: operation<{ id: string; event_type?: string; payload?: unknown }, TestResult>(
    SERVICE,
    'webhooks.test',
    'command',
    TEST_DEADLINE_MS,
  ),
  /** Sends one delivery again, or without `delivery_id` every exhausted one. */
  retry: operation<{ id: string; delivery_id?: string }, { retried: number }>(
    SERVICE,
    'webhooks.retry',
    'command',
  ),
  deliveries: operation<DeliveryFilter, Page<DeliveryView>>(SERVICE, 'deliveries.list', 'query'),
  summary: operation<Record<string, never>, WebhookSummary>(SERVICE, 'webhooks.summary', 'query', 15_000),
  attemptCounts: operation<AttemptCountsQuery, AttemptCounts>(
    SERVICE,
    'webhooks.attempt-counts',
    'query',
    5_000,
  ),
  /** What the published health endpoints say about this service; answers while its database is down. */
  health: operation<Record<string, never>, DispatcherHealth>(SERVICE, 'webhooks.health', 'query', 2_000),
};

export const eventOperations = {
  /** Stores the event and its deliveries, then answers. `deliveries` is how many webhooks it goes to. */
  publish: operation<PublishInput, { event_id: string; event_type: string; deliveries: number }>(
    SERVICE,
    'events.publish',
    'command',
  ),
};

export const eventTypeOperations = {
  list: operation<PageRequest, Page<EventTypeView>>(SERVICE, 'event-types.list', 'query'),
  create: operation<
    { name: string; description?: string; schema?: Readonly<Record<string, unknown>> | null },
    EventTypeView
  >(SERVICE, 'event-types.create', 'command'),
};

/** A webhook was changed or removed: forget what you know of it. */
export const webhookChanged = notice<{ id: string }>('webhooks.changed', 'everyone');
