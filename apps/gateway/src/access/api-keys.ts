import { Injectable } from '@nestjs/common';
import type { Principal } from '@signalbox/contracts';

/** Resolves API keys without a call on the path of a request. */
export abstract class ApiKeys {
  /**
   * @returns whose key it is, or null for one that is unknown, revoked or expired
   * @throws DomainError `SERVICE_UNAVAILABLE` when it cannot be known now
   */
  abstract resolve(key: string): Promise<Principal | null> | Principal | null;
}

/** Until keys can be made, none is known. */
@Injectable()
export class NoApiKeys extends ApiKeys {
  resolve(): null {
    return null;
  }
}
