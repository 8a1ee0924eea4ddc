import { Controller } from '@nestjs/common';
import {
  apiKeyOperations,
  type ApiKeyChanges,
  type ApiKeyFacts,
  type ApiKeyFilter,
  type ApiKeyFingerprint,
  type ApiKeyInput,
  type ApiKeyUse,
  type ApiKeyView,
  type CallContext,
  type NewApiKeyView,
  type Page,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { ApiKeysService } from './api-keys.service';
import { KeyResolver } from './key-resolver';

@Controller()
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly resolver: KeyResolver,
  ) {}

  @Handles(apiKeyOperations.create)
  create(input: ApiKeyInput, context: CallContext): Promise<NewApiKeyView> {
    return this.keys.create(input, context);
  }

  @Handles(apiKeyOperations.list)
  list(input: ApiKeyFilter, context: CallContext): Promise<Page<ApiKeyView>> {
    return this.keys.list(input, context);
  }

  @Handles(apiKeyOperations.get)
  get(input: { id: string; without_revoked?: boolean }, context: CallContext): Promise<ApiKeyView> {
    return this.keys.get(input, context);
  }

  @Handles(apiKeyOperations.update)
  update(input: { id: string; changes: ApiKeyChanges }, context: CallContext): Promise<ApiKeyView> {
    return this.keys.update(input, context);
  }

  @Handles(apiKeyOperations.rotate)
  rotate(input: { id: string; overlap_seconds?: number }, context: CallContext): Promise<NewApiKeyView> {
    return this.keys.rotate(input, context);
  }

  @Handles(apiKeyOperations.revoke)
  revoke(input: { id: string }, context: CallContext): Promise<{ id: string; deleted: true }> {
    return this.keys.revoke(input, context);
  }

  @Handles(apiKeyOperations.resolve)
  resolve(
    { fingerprints }: { fingerprints: readonly ApiKeyFingerprint[] },
    { principal }: CallContext,
  ): Promise<ApiKeyFacts | null> {
    return this.resolver.resolve(fingerprints, principal);
  }

  @Handles(apiKeyOperations.used)
  used({ uses }: { uses: readonly ApiKeyUse[] }, { principal }: CallContext): Promise<{ stored: number }> {
    return this.resolver.used(uses, principal);
  }
}
