import { isIP } from 'node:net';
import type { AddressPolicy } from './address-policy';

/** Why a URL may not be called: a stable code, for the caller to word. */
export type UrlRefusal = 'unparsable' | 'not_http' | 'has_credentials' | 'private_address';

export interface Target {
  /** `https://host[:port]`: safe to show. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
}

/**
 * Judges a URL by its text alone. Addresses are judged in whatever form they are written (decimal, octal, hexadecimal,
 * short, full-width): the URL parser brings them to one. Names are judged when they are dialled.
 */
export function readTarget(text: string, policy: AddressPolicy): Target | UrlRefusal {
  const url = URL.parse(text);
  if (url === null) return 'unparsable';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'not_http';
  if (url.username !== '' || url.password !== '') return 'has_credentials';
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  if (isIP(host) !== 0 && !policy.permits(host)) return 'private_address';
  return { origin: url.origin, path: url.pathname + url.search };
}
