import { createHmac } from 'node:crypto';
import { constantTimeEqual, signingKeys } from '@signalbox/security';
import type { InboundDelivery } from '../delivery/inbound-delivery';
import { ed25519Key, verifiedBy } from './public-key';
import {
  freshOnly,
  MOST_SIGNATURES,
  proofHeaders,
  publicKeyIn,
  refused,
  unixSeconds,
  verifyWithEachKey,
  type SignatureScheme,
} from './verdict';

const TOLERANCE_SECONDS = 300;

const HEADERS = ['webhook-signature', 'webhook-timestamp', 'webhook-id'];
/** The names from before the standard, which Svix still sends. */
const OLDER_HEADERS = ['svix-signature', 'svix-timestamp', 'svix-id'];

/** The id of a delivery by Standard Webhooks, under either name. */
export function standardWebhookId(delivery: InboundDelivery): string | undefined {
  return delivery.headers.one('webhook-id') ?? delivery.headers.one('svix-id');
}

/** Standard Webhooks: `v1` by a shared secret, `v1a` by a public key (`whpk_…`). */
export const standardWebhooksScheme: SignatureScheme = {
  summary:
    '`v1`: HMAC-SHA256 (base64) of `id.timestamp.body`; the key is the base64 after `whsec_`. `v1a`: Ed25519, the secret is the public key, `whpk_…`',
  headers: HEADERS,
  proves: 'body',
  secret: 'shared',
  toleranceSeconds: TOLERANCE_SECONDS,
  verify(delivery, context) {
    const older = HEADERS.every((name) => delivery.headers.all(name).length === 0);
    const values = proofHeaders(delivery, older ? OLDER_HEADERS : HEADERS);
    if (typeof values === 'string') return refused(values);
    const [given = '', timestamp = '', id = ''] = values;
    const signatures = given.split(' ', MOST_SIGNATURES);
    const head = `${id}.${timestamp}.`;
    const verdict = verifyWithEachKey(context, (secret) => {
      const key = publicKeyIn(secret);
      // Never both: whoever knows a public key could sign with it as if it were a shared secret.
      return key === undefined
        ? signedBySecret(secret, signatures, head, delivery.body)
        : signedByKey(key, signatures, head, delivery.body);
    });
    return freshOnly(verdict, unixSeconds(timestamp), TOLERANCE_SECONDS, context);
  },
};

function signedBySecret(secret: string, signatures: readonly string[], head: string, body: Buffer): boolean {
  const digest = createHmac('sha256', signingKeys(secret).standard)
    .update(head)
    .update(body)
    .digest('base64');
  return signatures.some((given) => constantTimeEqual(given, `v1,${digest}`));
}

function signedByKey(encoded: string, signatures: readonly string[], head: string, body: Buffer): boolean {
  const key = ed25519Key(Buffer.from(encoded, 'base64'));
  const message = Buffer.concat([Buffer.from(head), body]);
  return signatures
    .filter((given) => given.startsWith('v1a,'))
    .some((given) => verifiedBy(key, null, message, Buffer.from(given.slice(4), 'base64')));
}
