import { createHmac } from 'node:crypto';
import { constantTimeEqual, signingKeys } from '@signalbox/security';
import type { InboundDelivery } from '../delivery/inbound-delivery';
import {
  freshOnly,
  MOST_SIGNATURES,
  proofHeaders,
  refused,
  verifyWithEach,
  type SignatureScheme,
} from './verdict';

type Encoding = 'hex' | 'base64';
type Parts = readonly (string | Buffer)[];

/** What a signature header says. */
export interface SignatureHeader {
  /** Any of them may be the right one. */
  readonly signatures: readonly string[];
  /** Where the header itself holds it, as it stands there. */
  readonly timestamp?: string;
}

export interface HmacOptions {
  readonly summary: string;
  readonly header: string;
  readonly algorithm?: 'sha1' | 'sha256';
  /** More than one where either is taken. */
  readonly encodings: readonly Encoding[];
  /** Takes the header apart; undefined when it is malformed. Without it the whole value is the signature. */
  readonly read?: (value: string) => SignatureHeader | undefined;
  /** Header with the time of sending, in Unix seconds. */
  readonly timestampHeader?: string;
  /** What may have been signed: the raw body, when not said. None when that cannot be told. */
  readonly messages?: (delivery: InboundDelivery, timestamp: string) => readonly Parts[];
  readonly freshness?: {
    readonly toleranceSeconds: number;
    /** Unix seconds; NaN when the delivery does not say. */
    readonly sentAt: (delivery: InboundDelivery, timestamp: string) => number;
  };
}

/** A signature by a secret that the provider and the hub share. The whole text of the secret is the key. */
export function hmacScheme(options: HmacOptions): SignatureScheme {
  const { header, timestampHeader, freshness } = options;
  const headers = timestampHeader === undefined ? [header] : [header, timestampHeader];
  return {
    summary: options.summary,
    headers,
    proves: 'body',
    secret: 'shared',
    toleranceSeconds: freshness?.toleranceSeconds ?? null,
    verify(delivery, context) {
      const values = proofHeaders(delivery, headers);
      if (typeof values === 'string') return refused(values);
      const [value = '', sentAt = ''] = values;
      const given = options.read === undefined ? { signatures: [value] } : options.read(value);
      if (given === undefined || given.signatures.length === 0) return refused('malformed_header');
      const timestamp = given.timestamp ?? sentAt;
      const messages = options.messages?.(delivery, timestamp) ?? [[delivery.body]];
      const verdict = verifyWithEach(context, (secret) =>
        messages.some((message) => fits(options, given.signatures, secret, message)),
      );
      return freshness === undefined
        ? verdict
        : freshOnly(verdict, freshness.sentAt(delivery, timestamp), freshness.toleranceSeconds, context);
    },
  };
}

function fits(
  { algorithm = 'sha256', encodings }: HmacOptions,
  signatures: readonly string[],
  secret: string,
  message: Parts,
): boolean {
  const hmac = createHmac(algorithm, signingKeys(secret).whole);
  for (const part of message) hmac.update(part);
  const digest = hmac.digest();
  return encodings.some((encoding) => {
    const expected = digest.toString(encoding);
    return signatures
      .slice(0, MOST_SIGNATURES)
      .some((given) => constantTimeEqual(encoding === 'hex' ? given.toLowerCase() : given, expected));
  });
}

/** Reads a value that begins with `prefix`. */
export function prefixed(prefix: string): (value: string) => SignatureHeader | undefined {
  return (value) => (value.startsWith(prefix) ? { signatures: [value.slice(prefix.length)] } : undefined);
}

/** Reads a value that may begin with `prefix`. */
export function maybePrefixed(prefix: string): (value: string) => SignatureHeader {
  return (value) => prefixed(prefix)(value) ?? { signatures: [value] };
}

/** Reads those of a list, divided by commas, that begin with `prefix`. */
export function listed(prefix: string): (value: string) => SignatureHeader {
  return (value) => ({
    signatures: value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one.startsWith(prefix))
      .map((one) => one.slice(prefix.length)),
  });
}
