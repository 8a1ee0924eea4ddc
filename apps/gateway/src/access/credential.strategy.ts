import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { AccessClaims, Principal, SessionView, UserView } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';
import { Authenticator, Strategy } from 'passport';
import { ApiKeys } from './api-keys';
import { readCredential, unauthenticated, type Credential } from './credential';
import { SessionCache } from './session-cache';
import { TokenReader } from './token-reader';

/** Who a credential stands for. */
export interface Identity {
  readonly principal: Principal;
  /** Set for users. */
  readonly user?: UserView;
}

type Passport = InstanceType<typeof Authenticator>;
type Done = (error: unknown, identity?: Identity | null) => void;

/** Hands the request to the verifier; what `AuthGuard` does around it happens in the gateway's own hook. */
class RequestStrategy extends Strategy {
  constructor(private readonly verify: (request: FastifyRequest, done: Done) => void) {
    super();
  }

  override authenticate(request: object): void {
    this.verify(request as FastifyRequest, (error, identity) => {
      if (error) this.error(error);
      else if (identity) this.success(identity);
      else this.fail('Bearer');
    });
  }
}

export const CREDENTIAL = 'credential';

/** Tokens and keys, in every form in which the published surfaces take them. */
@Injectable()
export class CredentialStrategy extends PassportStrategy(RequestStrategy, CREDENTIAL) {
  private ownPassport?: Passport;

  constructor(
    private readonly tokens: TokenReader,
    private readonly sessions: SessionCache,
    private readonly keys: ApiKeys,
  ) {
    super();
  }

  /** Not the process's: several gateways may share one. */
  getPassportInstance(): Passport {
    this.ownPassport ??= new Authenticator();
    return this.ownPassport;
  }

  /** @returns null where the request bears no credential */
  validate(request: FastifyRequest): Promise<Identity | null> | Identity | null {
    const credential = readCredential(request.raw);
    if (!credential) return null;
    return credential.kind === 'token' ? this.ofToken(credential, request) : this.ofKey(credential, request);
  }

  /** Whom the request's token stands for as far as that is known already; never asks, never throws. */
  glimpse(request: FastifyRequest): Identity | undefined {
    try {
      const credential = readCredential(request.raw);
      if (credential?.kind === 'key') {
        const principal = this.keys.peek(credential.value, request.ip);
        return principal && { principal };
      }
      const claims = credential?.kind === 'token' ? this.tokens.glimpse(credential.value) : null;
      return (claims && this.sessions.peek(claims.sid)) ?? undefined;
    } catch {
      return undefined;
    }
  }

  private ofToken({ value }: Credential, request: FastifyRequest): Identity | Promise<Identity> {
    const claims = this.tokens.read(value);
    return claims instanceof Promise
      ? claims.then((read) => this.ofClaims(read, request))
      : this.ofClaims(claims, request);
  }

  private ofClaims(claims: AccessClaims | null, { id, hub }: FastifyRequest): Identity | Promise<Identity> {
    if (!claims) throw unauthenticated('token_refused');
    const session = this.sessions.get(claims.sid, { requestId: id, traceparent: hub.traceparent });
    return session instanceof Promise
      ? session.then((asked) => identityOf(asked, claims))
      : identityOf(session, claims);
  }

  private ofKey({ value }: Credential, { id, ip, hub }: FastifyRequest): Identity | Promise<Identity> {
    const bearer = { address: ip, requestId: id, traceparent: hub.traceparent };
    const principal = this.keys.resolve(value, bearer);
    return principal instanceof Promise ? principal.then(keyIdentity) : keyIdentity(principal);
  }
}

function keyIdentity(principal: Principal | null): Identity {
  if (!principal) throw unauthenticated('key_refused');
  return { principal };
}

function identityOf(session: SessionView | null, { sub }: AccessClaims): Identity {
  if (session?.principal.id !== sub) throw unauthenticated('token_refused');
  return session;
}
