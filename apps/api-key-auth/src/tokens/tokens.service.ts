import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import {
  ACCESS_TOKEN_SECONDS,
  REFRESH_TOKEN_SECONDS,
  TOKEN_ISSUER,
  TOKEN_SKEW_SECONDS,
  type AccessClaims,
  type TokenPair,
} from '@signalbox/contracts';
import { readTokenHeader } from '@signalbox/security';
import { validate as isUuid } from 'uuid';
import { KeyRing } from './key-ring';

/** All that a pair of tokens says. */
export interface Grant {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenId: string;
  readonly issuedAt: Date;
}

interface RefreshClaims {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly typ: 'refresh';
}

/** Ours are a third as long: more is not worth decoding. */
const MAX_TOKEN_LENGTH = 2_048;

@Injectable()
export class TokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly ring: KeyRing,
  ) {}

  /**
   * The same grant always makes a pair that says the same, to the letter where the key is an HS256 one: a refresh can be
   * answered again without a token having been kept.
   */
  pair({ userId, sessionId, tokenId, issuedAt }: Grant): TokenPair {
    const common = { sub: userId, sid: sessionId, jti: tokenId, iat: Math.floor(issuedAt.getTime() / 1000) };
    const access: AccessClaims & typeof common = { ...common, typ: 'access' };
    const refresh: RefreshClaims & typeof common = { ...common, typ: 'refresh' };
    return {
      access: this.signed(access, ACCESS_TOKEN_SECONDS),
      refresh: this.signed(refresh, REFRESH_TOKEN_SECONDS),
      expires_in: ACCESS_TOKEN_SECONDS,
    };
  }

  /** What a refresh token names, or null when it is not one of ours, has been altered or has expired. */
  async readRefresh(token: string): Promise<Pick<Grant, 'sessionId' | 'tokenId'> | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const claims = await this.verified(token);
    return isRefresh(claims) ? { sessionId: claims.sid, tokenId: claims.jti } : null;
  }

  private signed(claims: object, expiresIn: number): string {
    const { kid, algorithm, signing } = this.ring.current();
    const names = { issuer: TOKEN_ISSUER, audience: TOKEN_ISSUER };
    return this.jwt.sign(claims, { ...signing, ...names, algorithm, keyid: kid, expiresIn });
  }

  private async verified(token: string): Promise<object | null> {
    const header = readTokenHeader(token);
    const key = header && (await this.ring.find(header.kid));
    if (!key) return null;
    try {
      return this.jwt.verify<object>(token, {
        ...key.verifying,
        algorithms: [key.algorithm],
        issuer: TOKEN_ISSUER,
        audience: TOKEN_ISSUER,
        clockTolerance: TOKEN_SKEW_SECONDS,
      });
    } catch {
      return null;
    }
  }
}

function isRefresh(claims: Partial<RefreshClaims> | null): claims is RefreshClaims {
  return claims?.typ === 'refresh' && isUuid(claims.sid) && isUuid(claims.jti);
}
