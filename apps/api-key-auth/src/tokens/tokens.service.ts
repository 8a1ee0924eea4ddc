import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import {
  ACCESS_TOKEN_SECONDS,
  REFRESH_TOKEN_SECONDS,
  type AccessClaims,
  type TokenPair,
} from '@signalbox/contracts';
import { validate as isUuid } from 'uuid';

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
  constructor(private readonly jwt: JwtService) {}

  /** The same grant always makes the same pair: a refresh can be answered again without a token having been kept. */
  pair({ userId, sessionId, tokenId, issuedAt }: Grant): TokenPair {
    const common = { sub: userId, sid: sessionId, jti: tokenId, iat: Math.floor(issuedAt.getTime() / 1000) };
    const access: AccessClaims & typeof common = { ...common, typ: 'access' };
    const refresh: RefreshClaims & typeof common = { ...common, typ: 'refresh' };
    return {
      access: this.jwt.sign(access, { expiresIn: ACCESS_TOKEN_SECONDS }),
      refresh: this.jwt.sign(refresh, { expiresIn: REFRESH_TOKEN_SECONDS }),
      expires_in: ACCESS_TOKEN_SECONDS,
    };
  }

  /** What a refresh token names, or null when it is not one of ours, has been altered or has expired. */
  readRefresh(token: string): Pick<Grant, 'sessionId' | 'tokenId'> | null {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const claims = this.verified(token);
    return isRefresh(claims) ? { sessionId: claims.sid, tokenId: claims.jti } : null;
  }

  private verified(token: string): object | null {
    try {
      return this.jwt.verify(token);
    } catch {
      return null;
    }
  }
}

function isRefresh(claims: Partial<RefreshClaims> | null): claims is RefreshClaims {
  return claims?.typ === 'refresh' && isUuid(claims.sid) && isUuid(claims.jti);
}
