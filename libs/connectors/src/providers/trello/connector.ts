import { accountOf, connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { hmacScheme } from '../../verify/hmac';

const API = 'https://api.trello.com/1';

export const trello = {
  id: 'trello',
  title: 'Trello',
  type: 'PROJECT_MANAGEMENT',
  kind: 'oauth',
  hosts: ['trello.com'],
  documentation: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/',
  configuration: settings(baseUrl(API)),
  credentials: settings({ api_key: secret('API key'), api_token: secret('API token') }, [
    'api_key',
    'api_token',
  ]),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/members/me', API),
      headers: {
        // Trello takes them in the URL too, which ends up in logs.
        authorization: `OAuth oauth_consumer_key="${given.credential('api_key')}", oauth_token="${given.credential('api_token')}"`,
        accept: 'application/json',
      },
    }),
    account: accountOf({ id: ['id'], name: ['fullName'], email: ['email'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: 'HMAC-SHA1 (base64) of the body followed by the address; the key is the secret of the API key',
      header: 'X-Trello-Webhook',
      algorithm: 'sha1',
      encodings: ['base64'],
      messages: ({ body, url }) => [[body, url]],
    }),
    answerWithinSeconds: 30,
    knownBy: 'the `id` of the action',
    setUp: [
      'Find the secret of your API key at https://trello.com/power-ups/admin and give it to the endpoint.',
      'Create the webhook over the API: `POST /1/webhooks` with `callbackURL` (the address of the endpoint) and `idModel`.',
    ],
    limits: [
      'The address is signed, so the hub must know how it is reached from outside: `PUBLIC_URL`.',
      'Trello asks for the address with `HEAD` before it makes a webhook: make the endpoint first.',
      'The time of sending is not signed. Failed deliveries are repeated three times, after 30, 60 and 120 seconds.',
    ],
    deliveryId: ({ payload }) => nameAt(payload, 'action', 'id'),
    events: (delivery) => [facts(delivery)],
    preflight: ({ method }) => (method === 'HEAD' ? { status: 200, headers: {}, body: '' } : undefined),
  },
} as const satisfies Connector;

function facts({ payload }: InboundDelivery): EventFacts {
  return {
    event: nameAt(payload, 'action', 'type') ?? 'unknown',
    occurredAt: timeAt(payload, 'action', 'date'),
    subject: subjectAt(
      payload,
      { kind: 'card', id: ['action', 'data', 'card', 'id'], title: ['action', 'data', 'card', 'name'] },
      { kind: 'list', id: ['action', 'data', 'list', 'id'], title: ['action', 'data', 'list', 'name'] },
      { kind: 'board', id: ['model', 'id'], title: ['model', 'name'], url: ['model', 'url'] },
    ),
  };
}
