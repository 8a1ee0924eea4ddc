import type { IncomingMessage } from 'node:http';
import { DomainError } from '@signalbox/contracts';

export interface Credential {
  readonly kind: 'token' | 'key';
  readonly value: string;
}

/** Ours are much shorter: more is not worth looking at. */
const MAX_LENGTH = 4_096;
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const KEY = /^[\x21-\x7e]+$/;

export const unauthenticated = (messageKey?: string): DomainError =>
  new DomainError({ code: 'UNAUTHENTICATED', messageKey });

/**
 * The credential of a request, in any of its four forms: `Authorization: Bearer` with a token or a key, `Authorization: ApiKey`,
 * `X-API-Key`. Undefined where there is none.
 * @throws DomainError `UNAUTHENTICATED` for one that is none of these, and for two that differ
 */
export function readCredential(request: IncomingMessage): Credential | undefined {
  const { authorization, 'x-api-key': header } = request.headers;
  if (authorization === undefined && header === undefined) return undefined;
  if (isRepeated(request.rawHeaders, 'authorization')) throw unauthenticated('credentials_conflict');
  const first = authorization === undefined ? undefined : fromAuthorization(authorization);
  const second = typeof header === 'string' ? key(header.trim()) : undefined;
  if (first && second && first.value !== second.value) throw unauthenticated('credentials_conflict');
  return first ?? second;
}

function fromAuthorization(text: string): Credential {
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S+)\s*$/.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return TOKEN.test(value) && value.length <= MAX_LENGTH ? { kind: 'token', value } : key(value);
    case 'apikey':
      return key(value);
    default:
      throw unauthenticated('credential_unreadable');
  }
}

function key(value: string): Credential {
  if (value.length > MAX_LENGTH || !KEY.test(value)) throw unauthenticated('credential_unreadable');
  return { kind: 'key', value };
}

/** Node keeps the first `Authorization` only and drops the others silently. */
function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let seen = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const raw = rawHeaders[i];
    if (raw?.length === name.length && raw.toLowerCase() === name) seen += 1;
  }
  return seen > 1;
}
