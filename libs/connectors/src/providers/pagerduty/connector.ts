import { connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { hmacScheme, listed } from '../../verify/hmac';

const API = 'https://api.pagerduty.com';

export const pagerduty = {
  id: 'pagerduty',
  title: 'PagerDuty',
  type: 'MONITORING',
  kind: 'api_client',
  hosts: ['pagerduty.com'],
  documentation: 'https://developer.pagerduty.com/docs/webhooks-overview',
  configuration: settings(baseUrl(API)),
  credentials: settings({ api_key: secret('REST API key') }, ['api_key']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/abilities', API),
      headers: {
        authorization: `Token token=${given.credential('api_key')}`,
        accept: 'application/vnd.pagerduty+json;version=2',
      },
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
    deliveryId: ({ payload }) => nameAt(payload, 'event', 'id'),
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

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
