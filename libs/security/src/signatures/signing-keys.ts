import { createSecretKey, type KeyObject } from 'node:crypto';

export interface SigningKeys {
  /** For Standard Webhooks: the base64 after `whsec_`, else the text's bytes. */
  readonly standard: KeyObject;
  /** For the published header: the whole text. */
  readonly whole: KeyObject;
}

const SECRET_PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const REMEMBERED = 4096;

/** Preparing a key costs several times the signature itself, and the same few secrets sign everything. */
const remembered = new Map<string, SigningKeys>();

/** An empty secret makes keys too, and anybody can sign with them: verifiers refuse it before they come here. */
export function signingKeys(secret: string): SigningKeys {
  const known = remembered.get(secret);
  if (known !== undefined) return known;
  const whole = Buffer.from(secret);
  const keys = { standard: createSecretKey(standardKey(secret) ?? whole), whole: createSecretKey(whole) };
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(secret, keys);
  return keys;
}

/** Bytes of the shorter of the two keys. */
export function signingKeyBytes(secret: string): number {
  return Math.min(standardKey(secret)?.length ?? Infinity, Buffer.byteLength(secret));
}

function standardKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(SECRET_PREFIX)) return undefined;
  const text = secret.slice(SECRET_PREFIX.length);
  if (!BASE64.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length > 0 ? key : undefined;
}
