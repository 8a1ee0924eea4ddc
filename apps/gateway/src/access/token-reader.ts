import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { AccessClaims } from '@signalbox/contracts';

/** Between the clocks of the process that signs and the one that verifies. */
export const SKEW_SECONDS = 10;

/** Tokens in use at a time; a forgotten one is verified again. */
const MAX_VERIFIED = 10_000;

type Claims = Partial<AccessClaims & { exp: number }>;

interface Verified {
  readonly claims: AccessClaims;
  /** Unix time in milliseconds. */
  readonly until: number;
}

/** Verifies access tokens in this process, each once; issuer, audience and algorithm are set where the module is. */
@Injectable()
export class TokenReader {
  private readonly verified = new Map<string, Verified>();

  constructor(private readonly jwt: JwtService) {}

  /** @returns null for whatever is not one of our access tokens, or has expired */
  read(token: string): AccessClaims | null {
    const known = this.verified.get(token);
    if (known && Date.now() < known.until) return known.claims;
    const verified = this.verify(token);
    if (!verified) {
      this.verified.delete(token);
      return null;
    }
    this.keep(token, verified);
    return verified.claims;
  }

  private verify(token: string): Verified | null {
    let claims: Claims;
    try {
      claims = this.jwt.verify<Claims & object>(token);
    } catch {
      return null;
    }
    const { sub, sid, typ, exp } = claims;
    if (typ !== 'access' || typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'number')
      return null;
    return { claims: { sub, sid, typ }, until: (exp + SKEW_SECONDS) * 1000 };
  }

  private keep(token: string, verified: Verified): void {
    this.verified.set(token, verified);
    const oldest = this.verified.keys().next();
    if (this.verified.size > MAX_VERIFIED && !oldest.done) this.verified.delete(oldest.value);
  }
}
