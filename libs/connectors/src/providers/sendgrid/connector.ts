import { sha256Hex } from '@signalbox/security';
import { bearer, connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { listAt, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { MOST_EVENTS } from '../../events/limits';
import { p256Key, publicKeyScheme } from '../../verify/public-key';

const API = 'https://api.sendgrid.com';

export const sendgrid = {
  id: 'sendgrid',
  title: 'SendGrid',
  type: 'EMAIL_PROVIDER',
  kind: 'api_client',
  hosts: ['sendgrid.com'],
  documentation:
    'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  configuration: settings(baseUrl(API)),
  credentials: settings({ api_key: secret('API key') }, ['api_key']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/v3/scopes', API),
      headers: bearer(given.credential('api_key')),
    }),
  }),
  webhook: {
    scheme: publicKeyScheme({
      summary: 'ECDSA P-256 with SHA-256 (base64) of timestamp and body; the secret is the verification key',
      header: 'X-Twilio-Email-Event-Webhook-Signature',
      encoding: 'base64',
      timestampHeader: 'X-Twilio-Email-Event-Webhook-Timestamp',
      toleranceSeconds: 300,
      digest: 'sha256',
      key: (text) => p256Key(Buffer.from(text, 'base64')),
    }),
    answerWithinSeconds: null,
    knownBy: 'the `sg_event_id`s of the batch',
    setUp: [
      'Settings → Mail Settings → Event Webhooks → Create new webhook. Post URL: the address of the endpoint.',
      'Enable the Signed Event Webhook and save.',
      'Copy the verification key that appears to the secret of the endpoint: it is a public key.',
    ],
    limits: [
      'Many events come in one delivery, up to 768 KB. Each of them is an event of its own.',
      'Failed deliveries are repeated for 24 hours. SendGrid does not say whether it signs them anew: one whose signed time is more than five minutes old is refused.',
    ],
    deliveryId,
    events,
    pieces,
  },
} as const satisfies Connector;

function deliveryId(delivery: InboundDelivery): string | null {
  const ids = pieces(delivery).map((event) => nameAt(event, 'sg_event_id'));
  return ids.length === 0 || ids.includes(null) ? null : sha256Hex(ids.join('\n'));
}

function pieces({ payload }: InboundDelivery): readonly unknown[] {
  return listAt(payload, MOST_EVENTS);
}

function events(delivery: InboundDelivery): readonly EventFacts[] {
  return pieces(delivery).map((event) => {
    const id = nameAt(event, 'sg_message_id');
    return {
      event: nameAt(event, 'event') ?? 'unknown',
      action: nameAt(event, 'type'),
      occurredAt: timeAt(event, 'timestamp'),
      subject: id === null ? null : { kind: 'message', id, title: null, url: null },
    };
  });
}
