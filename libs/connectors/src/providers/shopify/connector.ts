import { accountOf, connectionTest } from '../../connection/connection-test';
import { requiredBaseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { clean, LONGEST_NAME, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { hmacScheme } from '../../verify/hmac';

export const shopify = {
  id: 'shopify',
  title: 'Shopify',
  type: 'PAYMENT_GATEWAY',
  kind: 'oauth',
  hosts: ['myshopify.com', 'shopify.com'],
  documentation: 'https://shopify.dev/docs/apps/build/webhooks',
  configuration: settings(requiredBaseUrl('https://example.myshopify.com'), ['base_url']),
  credentials: settings({ access_token: secret('Admin API access token') }, ['access_token']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/admin/api/2026-01/shop.json'),
      headers: { 'x-shopify-access-token': given.credential('access_token'), accept: 'application/json' },
    }),
    account: accountOf({ name: ['shop', 'name'], email: ['shop', 'email'], country: ['shop', 'country'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: 'HMAC-SHA256 (base64) of the body; the key is the client secret of the app',
      header: 'X-Shopify-Hmac-Sha256',
      encodings: ['base64'],
    }),
    answerWithinSeconds: 5,
    knownBy: '`X-Shopify-Webhook-Id`',
    setUp: [
      'Settings → Notifications → Webhooks → Create webhook, or a subscription of an app. Format JSON.',
      'URL: the address of the endpoint.',
      'Give the endpoint the secret that Shopify shows below the list, or the client secret of the app.',
    ],
    limits: [
      'Must be answered within 5 s. Failed deliveries are repeated eight times within four hours; then Shopify removes the subscription of an app.',
      'The time of sending is not signed. A repeated delivery is known by its id.',
    ],
    deliveryId: ({ headers }) => headers.one('X-Shopify-Webhook-Id') ?? null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function facts({ headers, payload }: InboundDelivery): EventFacts {
  const topic = headers.one('X-Shopify-Topic') ?? 'unknown';
  const slash = topic.lastIndexOf('/');
  const resource = slash < 0 ? topic : topic.slice(0, slash);
  const kind = clean(resource, LONGEST_NAME) ?? 'object';
  return {
    event: resource,
    action: slash < 0 ? null : topic.slice(slash + 1),
    occurredAt: timeAt(headers.one('X-Shopify-Triggered-At')),
    subject: subjectAt(
      payload,
      ...['admin_graphql_api_id', 'id'].map((id) => ({ kind, id: [id], title: ['name'] })),
    ),
  };
}
