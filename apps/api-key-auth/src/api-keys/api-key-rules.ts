import {
  API_KEY_LIMITS,
  API_KEY_PREFIXES,
  SCOPES,
  type ApiKeyChanges,
  type ApiKeyInput,
  type ApiKeyStatus,
  type ApiKeyView,
  type FieldProblem,
  type Principal,
} from '@signalbox/contracts';
import { AddressRanges } from '@signalbox/security';
import { isStorable } from '../text';
import type { ApiKeyEntity } from './api-key.entity';

/** The gateway tells callers what is wrong with their fields; this keeps out what must never get in, whoever calls. */
export function problemsOf(input: Partial<ApiKeyInput>): FieldProblem[] {
  return [
    ...oneOf('prefix', input.prefix, API_KEY_PREFIXES),
    ...(input.name === undefined ? [{ field: 'name', key: 'required' }] : []),
    ...(input.scopes === undefined ? [{ field: 'scopes', key: 'required' }] : []),
    ...problemsOfChanges(input),
  ];
}

/** Of a change, only what is given has to be right. */
export function problemsOfChanges(changes: ApiKeyChanges): FieldProblem[] {
  const { name, description, scopes, project_ids, allowed_ips, rate_limit, expires_at, expires_in } = changes;
  return [
    ...(name === undefined ? [] : text('name', name, 1, API_KEY_LIMITS.name)),
    ...text('description', description ?? '', 0, API_KEY_LIMITS.description),
    ...(scopes === undefined
      ? []
      : list('scopes', scopes, SCOPES.length, (field, scope) => oneOf(field, scope, SCOPES))),
    ...(project_ids ? list('project_ids', project_ids, API_KEY_LIMITS.projects, projectProblem) : []),
    ...(allowed_ips?.length ? list('allowed_ips', allowed_ips, API_KEY_LIMITS.addresses, rangeProblem) : []),
    ...whole('rate_limit', rate_limit ?? 1, 1, API_KEY_LIMITS.rateLimit),
    ...(Number.isNaN(Date.parse(expires_at ?? '2026-01-01T00:00:00Z'))
      ? [{ field: 'expires_at', key: 'date' }]
      : []),
    ...whole('expires_in', expires_in ?? 1, 1, API_KEY_LIMITS.expiresIn),
  ];
}

export function whole(field: string, value: number, min: number, max: number): FieldProblem[] {
  if (!Number.isInteger(value)) return [{ field, key: 'whole' }];
  if (value < min) return [{ field, key: 'min', params: { min } }];
  return value > max ? [{ field, key: 'max', params: { max } }] : [];
}

function text(field: string, value: unknown, min: number, max: number): FieldProblem[] {
  if (typeof value !== 'string') return [{ field, key: 'string' }];
  if (!isStorable(value)) return [{ field, key: 'control_character' }];
  return value.length < min || value.length > max ? [{ field, key: 'length', params: { min, max } }] : [];
}

function list<T>(
  field: string,
  values: readonly T[],
  max: number,
  problemsOfOne: (field: string, value: T) => FieldProblem[],
): FieldProblem[] {
  if (!Array.isArray(values)) return [{ field, key: 'list' }];
  if (values.length < 1) return [{ field, key: 'min_items', params: { min: 1 } }];
  if (values.length > max) return [{ field, key: 'max_items', params: { max } }];
  return values.flatMap((value: T, index) => problemsOfOne(`${field}[${index}]`, value)).slice(0, 1);
}

function oneOf(field: string, value: unknown, known: readonly unknown[]): FieldProblem[] {
  return known.includes(value) ? [] : [{ field, key: 'one_of', params: { values: known.join(', ') } }];
}

const projectProblem = (field: string, id: string) => text(field, id, 1, API_KEY_LIMITS.projectId);

function rangeProblem(field: string, range: string): FieldProblem[] {
  try {
    new AddressRanges([range]);
    return [];
  } catch {
    return [{ field, key: 'address_range' }];
  }
}

/** What a key is confined to has to lie within what its maker is confined to. */
export function within(principal: Principal, projectIds: readonly string[] | null): boolean {
  const { projects } = principal;
  return projects === null || projectIds?.every((id) => projects.includes(id)) === true;
}

function statusOf(key: ApiKeyEntity, now: number): ApiKeyStatus {
  if (key.revokedAt) return 'revoked';
  if (!key.isActive) return 'inactive';
  return key.expiresAt && key.expiresAt.getTime() <= now ? 'expired' : 'active';
}

export function apiKeyView(key: ApiKeyEntity, now = Date.now()): ApiKeyView {
  const status = statusOf(key, now);
  return {
    id: key.id,
    name: key.name,
    description: key.description,
    key_prefix: key.keyPrefix,
    scopes: key.scopes,
    project_ids: key.projectIds,
    allowed_ips: key.allowedIps,
    rate_limit: key.rateLimit,
    is_active: status !== 'revoked' && key.isActive,
    status,
    expires_at: iso(key.expiresAt),
    last_used_at: iso(key.lastUsedAt),
    rotated_at: iso(key.rotatedAt),
    revoked_at: iso(key.revokedAt),
    created_by: key.createdBy,
    created_at: key.createdAt.toISOString(),
    updated_at: key.updatedAt.toISOString(),
  };
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;
