import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { TOKEN_ISSUER, TOKEN_SKEW_SECONDS, type AccessClaims } from '@signalbox/contracts';
import { readTokenHeader } from '@signalbox/security';
import { KeyRing, type VerifyingKey } from './key-ring';

/** Tokens in use at a time; a forgotten one is verified again. */
const MAX_VERIFIED = 10_000;

type Claims = Partial<AccessClaims & { exp: number }>;

interface Verified {
  readonly claims: AccessClaims;
  readonly kid: string;
  /** Unix time in milliseconds. */
  readonly until: number;
}

/** Verifies access tokens in this process, each once. */
@Injectable()
export class TokenReader {
  private readonly verified = new Map<string, Verified>();

  constructor(
    private readonly jwt: JwtService,
    private readonly ring: KeyRing,
  ) {}

  /**
   * @returns null for whatever is not one of our access tokens, or has expired; a promise only where the key has to be asked for
   * @throws DomainError (as a rejection) when the service cannot answer
   */
  read(token: string): AccessClaims | null | Promise<AccessClaims | null> {
    const kept = this.kept(token);
    if (kept) return kept;
    const header = readTokenHeader(token);
    if (!header) return null;
    const key = this.ring.known(header.kid);
    if (key) return this.verify(token, key);
    return this.ring.find(header.kid).then((found) => (found ? this.verify(token, found) : null));
  }

  /** As far as it can be told without asking. */
  glimpse(token: string): AccessClaims | null {
    const kept = this.kept(token);
    if (kept) return kept;
    const header = readTokenHeader(token);
    const key = header && this.ring.known(header.kid);
    return key ? this.verify(token, key) : null;
  }

  private kept(token: string): AccessClaims | undefined {
    const known = this.verified.get(token);
    if (!known) return undefined;
    if (Date.now() < known.until && this.ring.known(known.kid)) return known.claims;
    this.verified.delete(token);
    return undefined;
  }

  private verify(token: string, { kid, algorithm, verifying }: VerifyingKey): AccessClaims | null {
    let claims: Claims;
    try {
      claims = this.jwt.verify<Claims & object>(token, {
        ...verifying,
        algorithms: [algorithm],
        issuer: TOKEN_ISSUER,
        audience: TOKEN_ISSUER,
        clockTolerance: TOKEN_SKEW_SECONDS,
      });
    } catch {
      return null;
    }
    const { sub, sid, typ, exp } = claims;
    if (typ !== 'access' || typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'number')
      return null;
    const read: AccessClaims = { sub, sid, typ };
    this.keep(token, { claims: read, kid, until: (exp + TOKEN_SKEW_SECONDS) * 1000 });
    return read;
  }

  private keep(token: string, verified: Verified): void {
    this.verified.set(token, verified);
    const oldest = this.verified.keys().next();
    if (this.verified.size > MAX_VERIFIED && !oldest.done) this.verified.delete(oldest.value);
  }
}
