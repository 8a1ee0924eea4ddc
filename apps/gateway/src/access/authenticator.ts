import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CREDENTIAL, CredentialStrategy, type Identity } from './credential.strategy';

/** Finds out who is calling, by passport and the strategy registered with it. */
@Injectable()
export class RequestAuthenticator {
  constructor(private readonly strategy: CredentialStrategy) {}

  /**
   * @returns undefined where the request bears no credential
   * @throws DomainError `UNAUTHENTICATED` for a bad one; the RPC's own where the session cannot be asked for
   */
  identify(request: FastifyRequest, reply: FastifyReply): Promise<Identity | undefined> {
    const passport = this.strategy.getPassportInstance();
    return new Promise((resolve, reject) => {
      const settle = (error: unknown, identity?: Identity | false | null): void => {
        if (error) reject(error instanceof Error ? error : new Error('signing in failed', { cause: error }));
        else resolve(identity || undefined);
      };
      const handle = passport.authenticate(CREDENTIAL, { session: false }, settle) as (
        request: FastifyRequest,
        reply: FastifyReply,
        next: (error: unknown) => void,
      ) => void;
      handle(request, reply, settle);
    });
  }

  /** For routes that look at no credential, so that their limit is still the caller's own. */
  glimpse(request: FastifyRequest): Identity | undefined {
    return this.strategy.glimpse(request);
  }
}
