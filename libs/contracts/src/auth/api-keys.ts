import { notice } from '../notice';
import { operation } from '../operation';
import type { Page, PageRequest } from '../page';
import type { Scope } from '../principal';

const SERVICE = 'api-key-auth' as const;

export const API_KEY_PREFIXES = ['eak_', 'ocr_'] as const;
export type ApiKeyPrefix = (typeof API_KEY_PREFIXES)[number];

export const API_KEY_LIMITS = {
  name: 255,
  description: 2_000,
  projects: 1_000,
  projectId: 255,
  /** Addresses and ranges of the allow list. */
  addresses: 100,
  /** Requests an hour. */
  rateLimit: 1_000_000_000,
  /** Seconds the old key may live on after a rotation. */
  overlapSeconds: 7 * 24 * 3600,
  /** Seconds; a hundred years. */
  expiresIn: 3_155_760_000,
} as const;

/** Requests an hour unless said otherwise. */
export const API_KEY_DEFAULT_RATE_LIMIT = 1_000;

export type ApiKeyStatus = 'active' | 'inactive' | 'expired' | 'revoked';

/** A key as everybody may see it: what proves it is never among this. */
export interface ApiKeyView {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Its first characters, to tell it from others. */
  readonly key_prefix: string;
  readonly scopes: readonly Scope[];
  /** Projects the key is confined to; null for none. */
  readonly project_ids: readonly string[] | null;
  /** Addresses and CIDR ranges it may be used from; empty for all. */
  readonly allowed_ips: readonly string[];
  /** Requests an hour. */
  readonly rate_limit: number;
  /** False where it is switched off or revoked. */
  readonly is_active: boolean;
  readonly status: ApiKeyStatus;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly rotated_at: string | null;
  readonly revoked_at: string | null;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** The only answer that has the key itself in it: to whoever made or rotated it, once. */
export interface NewApiKeyView extends ApiKeyView {
  readonly key: string;
}

export interface ApiKeyInput {
  readonly name: string;
  readonly description?: string | null;
  readonly prefix: ApiKeyPrefix;
  readonly scopes: readonly Scope[];
  /** Left out by a confined caller, the key gets the caller's own. */
  readonly project_ids?: readonly string[] | null;
  readonly allowed_ips?: readonly string[];
  readonly rate_limit?: number;
  /** ISO 8601. One in the past makes a key that never works. */
  readonly expires_at?: string | null;
  /** Seconds from now, instead of `expires_at`. */
  readonly expires_in?: number | null;
}

export type ApiKeyChanges = Partial<Omit<ApiKeyInput, 'prefix'>> & { readonly is_active?: boolean };

export interface ApiKeyFilter extends PageRequest {
  /** `false`: those that are switched off or revoked. */
  readonly is_active?: boolean;
  /** Revoked ones are left out. */
  readonly without_revoked?: boolean;
}

/** A keyed hash of a key's text, and which pepper it was made with. */
export interface ApiKeyFingerprint {
  readonly pepper: string;
  /** HMAC-SHA256 in base64url. */
  readonly hash: string;
}

/** What a gateway needs to know of a key that somebody presented. */
export interface ApiKeyFacts {
  readonly id: string;
  readonly name: string;
  /** Neither revoked nor switched off. */
  readonly usable: boolean;
  /** Milliseconds until it expires or was rotated out; null for never, 0 or less for already. */
  readonly remaining_ms: number | null;
  readonly scopes: readonly Scope[];
  readonly project_ids: readonly string[] | null;
  readonly allowed_ips: readonly string[];
  readonly rate_limit: number;
}

export interface ApiKeyUse {
  readonly id: string;
  /** Unix time in milliseconds. */
  readonly at: number;
}

/** Uses told at a time. */
export const API_KEY_USES_MAX = 1_000;

export const apiKeyOperations = {
  create: operation<ApiKeyInput, NewApiKeyView>(SERVICE, 'api-keys.create', 'command'),
  list: operation<ApiKeyFilter, Page<ApiKeyView>>(SERVICE, 'api-keys.list', 'query'),
  get: operation<{ id: string; without_revoked?: boolean }, ApiKeyView>(SERVICE, 'api-keys.get', 'query'),
  update: operation<{ id: string; changes: ApiKeyChanges }, ApiKeyView>(
    SERVICE,
    'api-keys.update',
    'command',
  ),
  /** A new key for the same row. What it replaces ends after `overlap_seconds` (0), or when it would have ended anyway. */
  rotate: operation<{ id: string; overlap_seconds?: number }, NewApiKeyView>(
    SERVICE,
    'api-keys.rotate',
    'command',
  ),
  /** For good. Revoking a revoked key is fine, and tells the gateways again. */
  revoke: operation<{ id: string }, { id: string; deleted: true }>(SERVICE, 'api-keys.revoke', 'command'),
  /**
   * Whose key has one of these fingerprints, which are all of one key, the pepper used now first. Null for nobody's.
   * For gateways only: it tells of every key.
   */
  resolve: operation<{ fingerprints: readonly ApiKeyFingerprint[] }, ApiKeyFacts | null>(
    SERVICE,
    'api-keys.resolve',
    'query',
    5_000,
  ),
  /** When keys were last used, many at a time. */
  used: operation<{ uses: readonly ApiKeyUse[] }, { stored: number }>(SERVICE, 'api-keys.used', 'command'),
};

/** Keys that were changed, rotated or revoked: forget what you know of them. */
export const apiKeysChanged = notice<{ key_ids: readonly string[] }>('auth.api-keys-changed', 'everyone');
