import { createHmac } from 'node:crypto';

/** What the header of a token (JWS, compact) says of how it was signed. */
export interface TokenHeader {
  readonly algorithm: string;
  /** Which key signed it; undefined where the token does not say. */
  readonly kid: string | undefined;
}

/** More than ours ever need. */
const MAX_HEADER_LENGTH = 512;
const KNOWN = new Set(['alg', 'typ', 'kid']);

/**
 * Reads the header of a token without believing any of it.
 * @returns null for what is no token, and for a header that says more than algorithm, type and key id: a key of its own
 *   (`jwk`, `x5c`), where to fetch one (`jku`, `x5u`), extensions (`crit`)
 */
export function readTokenHeader(token: string): TokenHeader | null {
  const end = token.indexOf('.');
  if (end <= 0 || end > MAX_HEADER_LENGTH) return null;
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(token.slice(0, end), 'base64url').toString());
  } catch {
    return null;
  }
  if (typeof header !== 'object' || header === null) return null;
  if (Object.keys(header).some((name) => !KNOWN.has(name))) return null;
  const { alg, typ, kid } = header as Record<string, unknown>;
  if (typeof alg !== 'string' || (typ !== undefined && typ !== 'JWT')) return null;
  if (kid !== undefined && typeof kid !== 'string') return null;
  return { algorithm: alg, kid };
}

/** The `kid` of a secret that nobody named: the same wherever the secret is the same, and telling nothing of it. */
export function secretKeyId(secret: string | Buffer): string {
  return createHmac('sha256', secret).update('signalbox token key id').digest('base64url').slice(0, 16);
}
