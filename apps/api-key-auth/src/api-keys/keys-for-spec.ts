import {
  apiKeyOperations,
  type ApiKeyFacts,
  type ApiKeyInput,
  type NewApiKeyView,
  type Principal,
} from '@signalbox/contracts';
import { ApiKeyHasher } from '@signalbox/security';
import { ADMIN, type RunningAuth } from '../running-auth-for-spec';

export const CONFINED: Principal = {
  kind: 'api_key',
  id: '00000000-0000-7000-8000-000000000002',
  name: 'confined',
  scopes: ['admin'],
  projects: ['a', 'b'],
};

export const INPUT: ApiKeyInput = { name: 'Production', prefix: 'eak_', scopes: ['read', 'write'] };

/** Keys of a running service, made and asked for as the gateway does. */
export class Keys {
  constructor(
    private readonly auth: RunningAuth,
    readonly hasher = new ApiKeyHasher(auth.config.API_KEY_PEPPERS ?? []),
  ) {}

  create(
    input: Partial<ApiKeyInput> = {},
    principal: Principal = ADMIN,
    idempotencyId?: string,
  ): Promise<NewApiKeyView> {
    return this.auth.call(apiKeyOperations.create, { ...INPUT, ...input }, { principal, idempotencyId });
  }

  resolve(key: string, hasher = this.hasher): Promise<ApiKeyFacts | null> {
    return this.auth.call(apiKeyOperations.resolve, { fingerprints: hasher.fingerprints(key) });
  }
}
