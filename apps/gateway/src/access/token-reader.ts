import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { AccessClaims } from '@signalbox/contracts';

/** Verifies access tokens in this process; issuer, audience, algorithm and skew are set where the module is. */
@Injectable()
export class TokenReader {
  constructor(private readonly jwt: JwtService) {}

  /** @returns null for whatever is not one of our access tokens, or has expired */
  read(token: string): AccessClaims | null {
    let claims: Partial<AccessClaims>;
    try {
      claims = this.jwt.verify<Partial<AccessClaims> & object>(token);
    } catch {
      return null;
    }
    const { sub, sid, typ } = claims;
    return typ === 'access' && typeof sub === 'string' && typeof sid === 'string' ? { sub, sid, typ } : null;
  }
}
