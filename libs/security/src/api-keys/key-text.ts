import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const RANDOM = 26;
const CHECKSUM = 6;
const FORM = /^[a-z]{3}_[\w-]{32}$/;
const SHOWN = 4;
const PREFIX = 4;

/**
 * A new API key: `prefix` (three letters and an underscore) and 32 base64url characters, 156 bits of them random. The
 * last six are a checksum over all the rest, so that typos are found out without asking anybody, and keys in places where
 * they do not belong.
 */
export function makeApiKey(prefix: string): string {
  const rest = prefix + randomBytes(20).toString('base64url').slice(0, RANDOM);
  return rest + checksum(rest);
}

/** Whether `text` may be an API key: form and checksum. Says nothing of whether anybody has it. */
export function isWellFormedApiKey(text: string): boolean {
  return FORM.test(text) && text.endsWith(checksum(text.slice(0, -CHECKSUM)));
}

/** As much of a key as may be shown. */
export function shownPrefix(key: string): string {
  return key.slice(0, PREFIX + SHOWN);
}

function checksum(text: string): string {
  let bits = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM; i += 1) {
    digits = ALPHABET.charAt(bits & 63) + digits;
    bits >>>= 6;
  }
  return digits;
}
