import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Compares in a time that tells nothing of where, or whether in length, the two differ. */
export function constantTimeEqual(a: string | Buffer, b: string | Buffer): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

export function sha256Hex(data: string | Buffer): string {
  return hash('sha256', data);
}

/**
 * Fingerprint (hex) of a secret of high entropy, such as an API key: useless to whoever reads the database without the
 * pepper. Passwords need a slow hash instead.
 */
export function keyedHash(pepper: string | Buffer, text: string): string {
  return createHmac('sha256', pepper).update(text).digest('hex');
}

/** @returns base64url text of that many random bytes. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
