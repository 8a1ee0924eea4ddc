import { connectionTest } from '../../connection/connection-test';
import type { ConnectionSettings } from '../../connection/connection';
import { baseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { restHooks } from '../../hooks/rest-hooks';
import { hmacScheme, listed } from '../../verify/hmac';

const API = 'https://api.pagerduty.com';

/** PagerDuty has no word for all of it. */
const EVENTS = [
  'incident.triggered',
  'incident.acknowledged',
  'incident.unacknowledged',
  'incident.escalated',
  'incident.delegated',
  'incident.reassigned',
  'incident.priority_updated',
  'incident.annotated',
  'incident.responder.added',
  'incident.responder.replied',
  'incident.status_update_published',
  'incident.reopened',
  'incident.resolved',
];

export const pagerduty = {
  id: 'pagerduty',
  title: 'PagerDuty',
  type: 'MONITORING',
  kind: 'api_client',
  hosts: ['pagerduty.com'],
  documentation: 'https://developer.pagerduty.com/docs/webhooks-overview',
  configuration: settings({ ...baseUrl(API), service_id: text('Id of a service, for its incidents alone') }),
  credentials: settings({ api_key: secret('REST API key') }, ['api_key']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/abilities', API),
      headers: headers(given),
    }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: 'a list of `v1=` and HMAC-SHA256 (hex) of the body, one for each secret',
      header: 'X-PagerDuty-Signature',
      encodings: ['hex'],
      read: listed('v1='),
    }),
    answerWithinSeconds: null,
    knownBy: 'the `event.id`',
    setUp: [
      'Integrations → Generic Webhooks (v3) → New Webhook. Webhook URL: the address of the endpoint.',
      'Choose the scope and the events, and add the webhook.',
      'Give the endpoint the signing secret that is shown once: PagerDuty makes it, it cannot be chosen.',
    ],
    limits: [
      'The time of sending is not signed. A repeated delivery is known by its id.',
      'Failed deliveries are repeated; a subscription that keeps failing is disabled by PagerDuty.',
    ],
    hooks: restHooks({
      permissions:
        'an API key that may write (not a read-only one), of an administrator for the whole account',
      allEvents: `\`${EVENTS.join('`, `')}\`, of the service where one is set`,
      place: (given) => given.url('/webhook_subscriptions', API),
      headers,
      fields: ({ url, events, active }, doing, given) => ({
        webhook_subscription: {
          type: 'webhook_subscription',
          description: 'Signalbox',
          ...(doing === 'create' && { delivery_method: { type: 'http_delivery_method', url } }),
          events: events.length > 0 ? events : EVENTS,
          filter: filterOf(given),
          active,
        },
      }),
      update: 'PUT',
      addressStays: true,
      hook: {
        within: 'webhook_subscription',
        id: (hook) => nameAt(hook, 'id'),
        url: ['delivery_method', 'url'],
        secret: ['delivery_method', 'secret'],
      },
      list: {
        items: ['webhook_subscriptions'],
        query: (page) => `limit=100&offset=${(page - 1) * 100}`,
        more: (answer) => at(answer, 'more') === true,
      },
    }),
    deliveryId: ({ payload }) => nameAt(payload, 'event', 'id'),
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function headers(given: ConnectionSettings) {
  return {
    authorization: `Token token=${given.credential('api_key')}`,
    accept: 'application/vnd.pagerduty+json;version=2',
  };
}

function filterOf(given: ConnectionSettings): Record<string, string> {
  const id = given.optionalText('service_id');
  return id === undefined ? { type: 'account_reference' } : { type: 'service_reference', id };
}

function facts({ payload }: InboundDelivery): EventFacts {
  return {
    event: nameAt(payload, 'event', 'event_type') ?? 'unknown',
    occurredAt: timeAt(payload, 'event', 'occurred_at'),
    subject: subjectAt(payload, {
      kind: nameAt(payload, 'event', 'resource_type') ?? 'resource',
      id: ['event', 'data', 'id'],
      title: ['event', 'data', 'title'],
      url: ['event', 'data', 'html_url'],
    }),
  };
}
