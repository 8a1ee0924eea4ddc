import { createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { signingKeys } from './signing-keys';

/** Newest first. More than one while a rotated secret is still accepted by the receiver. */
export type WebhookSecrets = readonly [string, ...string[]];

export interface WebhookToSign {
  readonly secrets: WebhookSecrets;
  /** The same over all attempts of a delivery. */
  readonly id: string;
  /** Whole Unix seconds. */
  readonly timestampSeconds: number;
  /** Exactly what is sent. */
  readonly body: string | Buffer;
  /** `<brand>` of `X-<brand>-Signature`. */
  readonly brand: string;
}

/**
 * Headers that prove a delivery: Standard Webhooks (one `v1` signature for each secret) and the published
 * `X-<brand>-Signature`, which uses the newest secret.
 */
export function signWebhook({
  secrets,
  id,
  timestampSeconds,
  body,
  brand,
}: WebhookToSign): Record<string, string> {
  const signatures = secrets.map((secret) => `v1,${standardSignature(secret, id, timestampSeconds, body)}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
    [`X-${brand}-Signature`]: brandSignature(secrets[0], body),
    [`X-${brand}-Delivery`]: id,
  };
}

export interface WebhookToVerify {
  /** Any of them may have signed. */
  readonly secrets: WebhookSecrets;
  /** `webhook-id`. */
  readonly id: string;
  /** `webhook-timestamp`, as received. */
  readonly timestamp: string;
  /** `webhook-signature`, as received. */
  readonly signature: string;
  readonly body: string | Buffer;
  readonly nowSeconds: number;
  /** How far the timestamp may be from now, either way. */
  readonly toleranceSeconds: number;
}

const MOST_SIGNATURES = 16;

/** Verifies Standard Webhooks headers. The time it takes does not depend on how much of a signature is right. */
export function verifyWebhook(received: WebhookToVerify): boolean {
  const { secrets, id, timestamp, signature, body } = received;
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(received.nowSeconds - Number(timestamp)) > received.toleranceSeconds) return false;
  const given = signature.split(' ', MOST_SIGNATURES);
  return secrets.some((secret) => {
    const expected = `v1,${standardSignature(secret, id, timestamp, body)}`;
    return given.some((candidate) => sameText(candidate, expected));
  });
}

/** Verifies an `X-<brand>-Signature` header. */
export function verifyBrandSignature(
  secrets: WebhookSecrets,
  body: string | Buffer,
  signature: string,
): boolean {
  return secrets.some((secret) => sameText(signature, brandSignature(secret, body)));
}

/** @returns `whsec_` and 32 random bytes in base64. */
export function generateWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function standardSignature(
  secret: string,
  id: string,
  timestamp: number | string,
  body: string | Buffer,
): string {
  const head = `${id}.${timestamp}.`;
  const key = signingKeys(secret).standard;
  return typeof body === 'string'
    ? createHmac('sha256', key)
        .update(head + body)
        .digest('base64')
    : createHmac('sha256', key).update(head).update(body).digest('base64');
}

function brandSignature(secret: string, body: string | Buffer): string {
  return `sha256=${hexHmac(signingKeys(secret).whole, body)}`;
}

function hexHmac(key: KeyObject, body: string | Buffer): string {
  return createHmac('sha256', key).update(body).digest('hex');
}

/** Signatures have one length each: only their content is secret. */
function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
