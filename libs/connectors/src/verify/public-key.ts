import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { InboundDelivery } from '../delivery/inbound-delivery';
import {
  freshOnly,
  proofHeaders,
  refused,
  unixSeconds,
  verifyWithEachKey,
  type SignatureScheme,
} from './verdict';

export interface PublicKeyOptions {
  readonly summary: string;
  readonly header: string;
  readonly encoding: 'hex' | 'base64';
  readonly timestampHeader: string;
  readonly toleranceSeconds: number;
  /** The key that is written down as `text`; undefined when it is none. */
  readonly key: (text: string) => KeyObject | undefined;
  /** Null for algorithms that bring their own. */
  readonly digest: 'sha256' | null;
}

/** A signature over time and body by a key of which the hub has the public half. There is nothing secret to compare. */
export function publicKeyScheme(options: PublicKeyOptions): SignatureScheme {
  const { header, timestampHeader, toleranceSeconds } = options;
  const headers = [header, timestampHeader];
  return {
    summary: options.summary,
    headers,
    proves: 'body',
    secret: 'public_key',
    toleranceSeconds,
    verify(delivery, context) {
      const values = proofHeaders(delivery, headers);
      if (typeof values === 'string') return refused(values);
      const [encoded = '', timestamp = ''] = values;
      const signature = Buffer.from(encoded, options.encoding);
      if (signature.length === 0) return refused('malformed_header');
      const verdict = verifyWithEachKey(context, (secret) =>
        verifiedBy(options.key(secret.trim()), options.digest, signed(delivery, timestamp), signature),
      );
      return freshOnly(verdict, unixSeconds(timestamp), toleranceSeconds, context);
    },
  };
}

function signed(delivery: InboundDelivery, timestamp: string): Buffer {
  return Buffer.concat([Buffer.from(timestamp), delivery.body]);
}

export function verifiedBy(
  key: KeyObject | undefined,
  digest: string | null,
  message: Buffer,
  signature: Buffer,
): boolean {
  return key !== undefined && verify(digest, message, key, signature);
}

const ED25519_BYTES = 32;

/** @param raw the 32 bytes of the key */
export function ed25519Key(raw: Buffer): KeyObject | undefined {
  if (raw.length !== ED25519_BYTES) return undefined;
  return importKey(() =>
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' }),
  );
}

/** @param der SubjectPublicKeyInfo */
export function p256Key(der: Buffer): KeyObject | undefined {
  const key = importKey(() => createPublicKey({ key: der, format: 'der', type: 'spki' }));
  return key?.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
}

function importKey(load: () => KeyObject): KeyObject | undefined {
  try {
    return load();
  } catch {
    return undefined;
  }
}
