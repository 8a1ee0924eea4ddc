import type { InboundDelivery } from '../delivery/inbound-delivery';

/** Why a delivery is refused. Says nothing that helps to forge one. */
export type Refusal =
  /** There is no secret to verify with: an empty one never counts. */
  | 'no_secret'
  | 'missing_header'
  /** A header that proves the delivery came more than once. */
  | 'repeated_header'
  | 'malformed_header'
  | 'mismatch'
  /** Authentic, but sent too long ago (or ahead): somebody may be repeating it. */
  | 'stale';

export type Verdict =
  | {
      readonly verified: true;
      /** Place of the secret that fits among those given: more than 0 while the provider still has an old one. */
      readonly secretIndex: number;
    }
  | { readonly verified: false; readonly reason: Refusal };

export interface VerifyContext {
  /** The active ones, newest first; several while a rotation overlaps. */
  readonly secrets: readonly string[];
  readonly nowSeconds: number;
  /** In place of the scheme's own, where it has one. */
  readonly toleranceSeconds?: number;
}

/** How a provider proves that a delivery is its own. */
export interface SignatureScheme {
  /** For people, in one sentence. */
  readonly summary: string;
  /** Headers without which nothing is verified; the first one holds the proof. Empty where the proof may stand elsewhere. */
  readonly headers: readonly string[];
  /** `credential`: the proof says who sends, and nothing of what is sent. */
  readonly proves: 'body' | 'credential';
  /** `public_key`: what is configured is the provider's public key. */
  readonly secret: 'shared' | 'public_key';
  /** How far from now a delivery may have been sent; null where the provider signs no time. */
  readonly toleranceSeconds: number | null;
  /** Never throws. Secrets and signatures are compared in constant time. */
  verify(delivery: InboundDelivery, context: VerifyContext): Verdict;
}

export const refused = (reason: Refusal): Verdict => ({ verified: false, reason });

/** More signatures than that nobody sends. */
export const MOST_SIGNATURES = 16;
const LONGEST_PROOF = 4096;

/** The values of headers that must each come once, or why they do not serve. */
export function proofHeaders(
  delivery: InboundDelivery,
  names: readonly string[],
): readonly string[] | Refusal {
  const values: string[] = [];
  for (const name of names) {
    const all = delivery.headers.all(name);
    const [value = ''] = all;
    if (all.length > 1) return 'repeated_header';
    if (value === '') return 'missing_header';
    if (value.length > LONGEST_PROOF) return 'malformed_header';
    values.push(value);
  }
  return values;
}

const PUBLIC_KEY = 'whpk_';

/** The public key, in base64, that stands in place of a secret. */
export function publicKeyIn(secret: string): string | undefined {
  return secret.startsWith(PUBLIC_KEY) ? secret.slice(PUBLIC_KEY.length) : undefined;
}

/** The first of the shared secrets that `fits`. A public key is none: whoever knows it could prove what he likes. */
export function verifyWithEach(context: VerifyContext, fits: (secret: string) => boolean): Verdict {
  return verifyWith(context, (secret) => publicKeyIn(secret) === undefined, fits);
}

/** The first that `fits`, public keys too. */
export function verifyWithEachKey(context: VerifyContext, fits: (secret: string) => boolean): Verdict {
  return verifyWith(context, () => true, fits);
}

function verifyWith(
  { secrets }: VerifyContext,
  serves: (secret: string) => boolean,
  fits: (secret: string) => boolean,
): Verdict {
  let usable = 0;
  for (const [secretIndex, secret] of secrets.entries()) {
    if (secret.trim() === '' || !serves(secret)) continue;
    usable += 1;
    if (fits(secret)) return { verified: true, secretIndex };
  }
  return refused(usable === 0 ? 'no_secret' : 'mismatch');
}

/** A verdict on the time too. Asked only of what is authentic, so that a forger learns nothing of the clock. */
export function freshOnly(
  verdict: Verdict,
  sentAtSeconds: number,
  toleranceSeconds: number,
  { nowSeconds, toleranceSeconds: other }: VerifyContext,
): Verdict {
  if (!verdict.verified) return verdict;
  // Written so that NaN is stale.
  const fresh = Math.abs(nowSeconds - sentAtSeconds) <= (other ?? toleranceSeconds);
  return fresh ? verdict : refused('stale');
}

/** Whole Unix seconds as headers have them; NaN for anything else. */
export function unixSeconds(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) : NaN;
}
