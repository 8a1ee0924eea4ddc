import { accountOf, connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { hmacScheme } from '../../verify/hmac';
import { linearHooks } from './hooks';

const API = 'https://api.linear.app';

export const linear = {
  id: 'linear',
  title: 'Linear',
  type: 'PROJECT_MANAGEMENT',
  kind: 'oauth',
  hosts: ['linear.app'],
  documentation: 'https://linear.app/developers/webhooks',
  configuration: settings(baseUrl(API)),
  credentials: settings({ api_key: secret('Personal API key') }, ['api_key']),
  test: connectionTest({
    request: (given) => ({
      method: 'POST',
      url: given.url('/graphql', API),
      headers: { authorization: given.credential('api_key'), 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id name email } }' }),
    }),
    refuses: (answer) => nameAt(answer, 'data', 'viewer', 'id') === null,
    account: accountOf({ name: ['data', 'viewer', 'name'], email: ['data', 'viewer', 'email'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: 'HMAC-SHA256 (hex) of the body, which holds the time as `webhookTimestamp`',
      header: 'Linear-Signature',
      encodings: ['hex'],
      freshness: {
        toleranceSeconds: 60,
        sentAt: ({ payload }) => milliseconds(at(payload, 'webhookTimestamp')) / 1000,
      },
    }),
    answerWithinSeconds: 5,
    knownBy: '`Linear-Delivery`',
    setUp: [
      'Settings → API → Webhooks → New webhook. URL: the address of the endpoint.',
      'Choose what to be told of, and save.',
      'Give the endpoint the signing secret of the webhook: Linear makes it, it cannot be chosen.',
    ],
    limits: [
      'Failed deliveries are repeated after a minute, an hour and six hours; then the webhook may be disabled by Linear.',
    ],
    hooks: linearHooks(API),
    deliveryId: ({ headers }) => headers.one('Linear-Delivery') ?? null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function milliseconds(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

function facts({ headers, payload }: InboundDelivery): EventFacts {
  return {
    event: nameAt(payload, 'type') ?? headers.one('Linear-Event') ?? 'unknown',
    action: nameAt(payload, 'action'),
    occurredAt: timeAt(payload, 'createdAt'),
    subject: subjectAt(
      payload,
      { kind: 'issue', id: ['data', 'identifier'], title: ['data', 'title'], url: ['url'] },
      { kind: 'object', id: ['data', 'id'], title: ['data', 'name'], url: ['url'] },
    ),
  };
}
