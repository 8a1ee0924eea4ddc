import { accountOf, bearer, connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { restHooks } from '../../hooks/rest-hooks';
import { hmacScheme, type SignatureHeader } from '../../verify/hmac';
import { unixSeconds } from '../../verify/verdict';

const API = 'https://api.stripe.com';

export const stripe = {
  id: 'stripe',
  title: 'Stripe',
  type: 'PAYMENT_GATEWAY',
  kind: 'api_client',
  hosts: ['stripe.com'],
  documentation: 'https://docs.stripe.com/webhooks',
  configuration: settings(baseUrl(API)),
  credentials: settings({ api_key: secret('Secret or restricted API key') }, ['api_key']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/v1/account', API),
      headers: bearer(given.credential('api_key')),
    }),
    account: accountOf({
      id: ['id'],
      name: ['business_profile', 'name'],
      email: ['email'],
      country: ['country'],
    }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: '`t=…,v1=…`: HMAC-SHA256 (hex) of `t.body`; the key is the whole `whsec_…`',
      header: 'Stripe-Signature',
      encodings: ['hex'],
      read: timeAndSignatures,
      messages: ({ body }, timestamp) => [[`${timestamp}.`, body]],
      freshness: { toleranceSeconds: 300, sentAt: (_, timestamp) => unixSeconds(timestamp) },
    }),
    answerWithinSeconds: null,
    knownBy: 'the `id` of the event (`evt_…`)',
    setUp: [
      'Open Developers → Webhooks → Add endpoint (Event destinations).',
      'Endpoint URL: the address of the endpoint. Choose the events.',
      'Reveal the signing secret (`whsec_…`) and give it to the endpoint: Stripe makes it, it cannot be chosen.',
    ],
    limits: [
      'Failed deliveries are repeated for three days, each time signed anew.',
      'Order is not guaranteed.',
      'While Stripe rolls a secret it signs with both; either is enough.',
    ],
    hooks: restHooks({
      permissions: 'a secret key, or a restricted one that may write webhook endpoints',
      allEvents: 'everything but what must be asked for by name (`*`)',
      place: (given) => given.url('/v1/webhook_endpoints', API),
      headers: (given) => bearer(given.credential('api_key')),
      form: true,
      fields: ({ url, events, active }, doing) => ({
        url,
        enabled_events: events.length > 0 ? events : ['*'],
        ...(doing === 'update' && { disabled: !active }),
      }),
      switchesOffLater: true,
      update: 'POST',
      hook: { id: (hook) => nameAt(hook, 'id'), url: ['url'], secret: ['secret'] },
      list: {
        items: ['data'],
        query: (_, last) => `limit=100${last === null ? '' : `&starting_after=${encodeURIComponent(last)}`}`,
        more: (answer) => at(answer, 'has_more') === true,
      },
    }),
    deliveryId: ({ payload }) => nameAt(payload, 'id'),
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

/** `t=…,v1=…,v1=…`; anything else in it, such as `v0`, is passed over: it may be a weaker signature. */
function timeAndSignatures(value: string): SignatureHeader | undefined {
  const signatures: string[] = [];
  let timestamp: string | undefined;
  for (const item of value.split(',')) {
    const [name, text] = item.trim().split('=', 2);
    if (text === undefined) continue;
    if (name === 't') timestamp ??= text;
    if (name === 'v1') signatures.push(text);
  }
  return timestamp === undefined ? undefined : { signatures, timestamp };
}

function facts({ payload }: InboundDelivery): EventFacts {
  return {
    event: nameAt(payload, 'type') ?? 'unknown',
    occurredAt: timeAt(payload, 'created'),
    subject: subjectAt(
      payload,
      { kind: nameAt(payload, 'data', 'object', 'object') ?? 'object', id: ['data', 'object', 'id'] },
      { kind: nameAt(payload, 'related_object', 'type') ?? 'object', id: ['related_object', 'id'] },
    ),
  };
}
