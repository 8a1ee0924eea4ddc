import { Injectable } from '@nestjs/common';
import {
  API_KEY_DEFAULT_RATE_LIMIT,
  API_KEY_LIMITS,
  apiKeysChanged,
  DomainError,
  type ApiKeyChanges,
  type ApiKeyFilter,
  type ApiKeyInput,
  type ApiKeyView,
  type CallContext,
  type FieldProblem,
  type NewApiKeyView,
  type Page,
  type Principal,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { Notices } from '@signalbox/rpc';
import { ApiKeyHasher, makeApiKey, shownPrefix } from '@signalbox/security';
import { validate as isUuid } from 'uuid';
import { requireKeyAdmin } from '../access';
import type { ApiKeyEntity } from './api-key.entity';
import { apiKeyView, problemsOf, problemsOfChanges, whole, within } from './api-key-rules';
import { ApiKeysRepository, type ApiKeyPatch } from './api-keys.repository';

const PAGE_MAX = 1_000_000;
const PREFIX_LENGTH = 4;

/** Keys as administrators see them. A caller who is confined to projects has to do with keys inside those only. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly hasher: ApiKeyHasher,
    private readonly notices: Notices,
  ) {}

  async create(input: ApiKeyInput, { principal, idempotencyId }: CallContext): Promise<NewApiKeyView> {
    requireKeyAdmin(principal);
    refuse(problemsOf(input));
    const projectIds = input.project_ids === undefined ? principal.projects : input.project_ids;
    if (!within(principal, projectIds)) throw DomainError.notFound('resource');
    const key = makeApiKey(input.prefix);
    const id = idempotencyId ?? newId();
    const stored = await this.keys.insert(
      {
        id,
        name: input.name,
        description: input.description ?? null,
        keyPrefix: shownPrefix(key),
        scopes: [...new Set(input.scopes)],
        projectIds: projectIds && [...new Set(projectIds)],
        allowedIps: [...new Set(input.allowed_ips)],
        rateLimit: input.rate_limit ?? API_KEY_DEFAULT_RATE_LIMIT,
        expiresAt: expiryOf(input) ?? null,
        createdBy: principal.id,
      },
      this.hasher.fingerprint(key),
    );
    if (!stored) throw DomainError.conflict('api_key');
    this.tellChanged(id);
    return { ...apiKeyView(await this.existing(id)), key };
  }

  async list(filter: ApiKeyFilter, { principal }: CallContext): Promise<Page<ApiKeyView>> {
    requireKeyAdmin(principal);
    refuse(whole('page', filter.page, 1, PAGE_MAX));
    const { items, total } = await this.keys.page(filter, principal.projects);
    const now = Date.now();
    return {
      items: items.map((key) => apiKeyView(key, now)),
      total,
      page: filter.page,
      size: filter.size,
    };
  }

  async get(
    { id, without_revoked: live }: { id: string; without_revoked?: boolean },
    { principal }: CallContext,
  ): Promise<ApiKeyView> {
    const key = await this.visible(id, principal);
    if (live && key.revokedAt) throw DomainError.notFound('api_key');
    return apiKeyView(key);
  }

  async update(
    { id, changes }: { id: string; changes: ApiKeyChanges },
    { principal }: CallContext,
  ): Promise<ApiKeyView> {
    await this.visible(id, principal);
    refuse(problemsOfChanges(changes));
    const { project_ids: projectIds } = changes;
    if (projectIds !== undefined && !within(principal, projectIds)) throw DomainError.notFound('resource');
    const patch = patchOf(changes);
    const changed = await this.keys.update(id, patch);
    // Told in either case: who asks again may have missed it.
    this.tellChanged(id);
    if (!changed) throw DomainError.conflict('api_key', 'api_key_revoked');
    return apiKeyView(await this.existing(id));
  }

  async rotate(
    { id, overlap_seconds: overlap = 0 }: { id: string; overlap_seconds?: number },
    { principal }: CallContext,
  ): Promise<NewApiKeyView> {
    refuse(whole('overlap_seconds', overlap, 0, API_KEY_LIMITS.overlapSeconds));
    const { keyPrefix } = await this.visible(id, principal);
    const key = makeApiKey(keyPrefix.slice(0, PREFIX_LENGTH));
    const rotated = await this.keys.rotate(id, this.hasher.fingerprint(key), shownPrefix(key), overlap);
    this.tellChanged(id);
    if (!rotated) throw DomainError.conflict('api_key', 'api_key_not_usable');
    return { ...apiKeyView(await this.existing(id)), key };
  }

  async revoke({ id }: { id: string }, { principal }: CallContext): Promise<{ id: string; deleted: true }> {
    await this.visible(id, principal);
    await this.keys.revoke(id);
    this.tellChanged(id);
    return { id, deleted: true };
  }

  /** @throws DomainError NOT_FOUND also for what the caller may not see */
  private async visible(id: string, principal: Principal): Promise<ApiKeyEntity> {
    requireKeyAdmin(principal);
    const key = isUuid(id) ? await this.keys.find(id) : null;
    if (!key || !within(principal, key.projectIds)) throw DomainError.notFound('api_key');
    return key;
  }

  private async existing(id: string): Promise<ApiKeyEntity> {
    const key = await this.keys.find(id);
    if (!key) throw DomainError.notFound('api_key');
    return key;
  }

  private tellChanged(id: string): void {
    this.notices.tell(apiKeysChanged, { key_ids: [id] });
  }
}

function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw DomainError.invalid(...problems);
}

function expiryOf({ expires_at, expires_in }: ApiKeyChanges): Date | null | undefined {
  if (expires_in !== undefined && expires_in !== null) return new Date(Date.now() + expires_in * 1_000);
  if (expires_at === undefined) return expires_in;
  return expires_at === null ? null : new Date(expires_at);
}

function patchOf(changes: ApiKeyChanges): ApiKeyPatch {
  const patch: ApiKeyPatch = {
    name: changes.name,
    description: changes.description,
    scopes: changes.scopes && [...new Set(changes.scopes)],
    projectIds: changes.project_ids && [...new Set(changes.project_ids)],
    allowedIps: changes.allowed_ips && [...new Set(changes.allowed_ips)],
    rateLimit: changes.rate_limit,
    expiresAt: expiryOf(changes),
    isActive: changes.is_active,
  };
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
