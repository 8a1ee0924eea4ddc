import { bearer, connectionTest } from '../../connection/connection-test';
import { requiredBaseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, WebhookPart } from '../../connector';
import { cloudEventId, cloudEventsPreflight, plainFacts, plainPieces } from '../../events/plain-facts';
import { hmacScheme, maybePrefixed } from '../../verify/hmac';

const DEFAULT_HEADER = 'X-Signature-256';

export const generic = {
  id: 'generic',
  title: 'Generic HTTP',
  type: 'CUSTOM',
  kind: 'webhook',
  hosts: [],
  documentation: 'https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md',
  configuration: settings(requiredBaseUrl('https://api.example.com')),
  credentials: settings({ api_key: secret('Sent as a bearer token') }),
  test: connectionTest({
    request: (given) => {
      const key = given.optionalCredential('api_key');
      return { method: 'GET', url: given.url(''), headers: key === undefined ? {} : bearer(key) };
    },
    accepts: (status) => status >= 200 && status < 400,
  }),
  webhook: genericWebhook(DEFAULT_HEADER),
} as const satisfies Connector;

/** For any sender that signs the body with HMAC-SHA256, in a header that the endpoint names. */
export function genericWebhook(header: string): WebhookPart {
  return {
    scheme: hmacScheme({
      summary:
        'HMAC-SHA256 of the body, hex or base64, with or without `sha256=`, in the header that the endpoint names',
      header,
      encodings: ['hex', 'base64'],
      read: maybePrefixed('sha256='),
    }),
    answerWithinSeconds: null,
    knownBy: 'nothing; a CloudEvent by its source and id',
    setUp: [
      'Give the sender the address and the secret of the endpoint.',
      'Name the header that holds the signature in `signature_header`.',
    ],
    limits: [
      'What is sent twice is stored twice, CloudEvents aside.',
      'The time of sending is not signed.',
      "CloudEvents' check (`OPTIONS` with `WebHook-Request-Origin`) is answered.",
    ],
    deliveryId: cloudEventId,
    events: plainFacts,
    pieces: plainPieces,
    preflight: cloudEventsPreflight,
  };
}
