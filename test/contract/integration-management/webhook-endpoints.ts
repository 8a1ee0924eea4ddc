import { randomUUID } from 'node:crypto';
import { sign as signGithub } from '@octokit/webhooks-methods';
import { until } from '@signalbox/testing';
import { answered, type Answer } from '../answer';
import type { Hub } from '../hub';
import { makeIntegration } from './integrations';

export const WEBHOOKS = '/integration-management/webhooks';
export const RECEIVE = `${WEBHOOKS}/receive`;
export const JSON_TYPE = { 'content-type': 'application/json' };
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export interface WebhookEndpoint {
  readonly id: string;
  readonly integration_id: string;
  readonly path: string;
  readonly [field: string]: unknown;
}

export interface ReceivedEvent {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly event_type: string;
  readonly delivery_id: string | null;
  readonly [field: string]: unknown;
}

/** An endpoint of a new integration of that provider, that takes as much as comes. */
export async function makeEndpoint(
  hub: Hub,
  provider: string,
  fields: Readonly<Record<string, unknown>> = {},
  integration: Readonly<Record<string, unknown>> = {},
): Promise<WebhookEndpoint> {
  const { id } = await makeIntegration(hub, {
    name: `${provider} of a test`,
    type: 'CUSTOM',
    configuration: { provider },
    credentials: {},
    ...integration,
  });
  const made = await hub.call<WebhookEndpoint>('POST', WEBHOOKS, {
    body: { integration_id: id, name: 'Sample', secret: SECRET, rate_limit: 1_000_000, ...fields },
  });
  if (made.status !== 201) throw new Error(`No endpoint was made: ${made.text}`);
  return made.body;
}

/** Delivers these bytes as a provider would: without a credential. */
export function deliver<T = { status: string; event_id: string }>(
  hub: Hub,
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<Answer<T>> {
  const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return answered<T>(hub.url, 'POST', path, undefined, { body, headers: Object.fromEntries(names) });
}

/** What the endpoint received, newest first. */
export async function eventsOf(
  hub: Hub,
  endpoint: WebhookEndpoint,
  query = '',
): Promise<{ items: readonly ReceivedEvent[]; total: number }> {
  const { status, body, text } = await hub.call<{ items: ReceivedEvent[]; total: number }>(
    'GET',
    `${WEBHOOKS}/${endpoint.id}/events${query}`,
  );
  if (status !== 200) throw new Error(text);
  return body;
}

/** The event, once nothing is to be done about it any more. */
export function settled(hub: Hub, endpoint: WebhookEndpoint, id: string): Promise<ReceivedEvent> {
  return until('the event is processed', 15_000, async () => {
    const { body } = await hub.call<ReceivedEvent>('GET', `${WEBHOOKS}/${endpoint.id}/events/${id}`);
    return body.status !== 'pending' && body;
  });
}

/** The headers of a delivery of GitHub, signed as its library signs. */
export async function github(body: string, delivery = randomUUID(), event = 'push', secret = SECRET) {
  return {
    ...JSON_TYPE,
    'X-GitHub-Event': event,
    'X-GitHub-Delivery': delivery,
    'X-Hub-Signature-256': await signGithub(secret, body),
  };
}

export const GITHUB = { signature_header: 'X-Hub-Signature-256' };
export const at = ({ path }: WebhookEndpoint) => `${RECEIVE}/${path}`;
