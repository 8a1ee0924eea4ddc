import { notice } from '../notice';
import { operation } from '../operation';

export const TOKEN_ALGORITHMS = ['HS256', 'ES256'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** The public part of an ES256 key (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** What it takes to verify the access tokens that a key has signed. */
export interface VerifyingKeyView {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  /** Of an HS256 key, base64url; not set for the key made of `JWT_SECRET`, which whoever verifies has. */
  readonly secret?: string;
  /** Of an ES256 key. */
  readonly public_key?: PublicJwk;
  /** No token of it is accepted after this time; null while it signs. */
  readonly accepted_until: string | null;
}

export const signingKeyOperations = {
  /** Every key whose access tokens may still be valid. The key made of `JWT_SECRET` is one of them, or it is retired. */
  list: operation<Record<string, never>, { keys: readonly VerifyingKeyView[] }>(
    'api-key-auth',
    'signing-keys.list',
    'query',
    5_000,
  ),
};

/** There is another key: ask for them again. */
export const signingKeysChanged = notice<Record<string, never>>('auth.signing-keys-changed', 'everyone');
