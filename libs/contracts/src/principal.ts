export const ROLES = ['admin', 'integration_manager', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = ['read', 'write', 'admin', 'webhook'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling: resolved by the gateway, carried with every operation. */
export interface Principal {
  readonly kind: 'user' | 'api_key' | 'system';
  readonly id: string;
  readonly name: string;
  /** Set for users. */
  readonly role?: Role;
  /** Set for API keys. */
  readonly scopes?: readonly Scope[];
  /** Requests an hour; set for API keys. */
  readonly rateLimit?: number;
  /** The projects this caller is confined to; `null` means all of them. */
  readonly projects: readonly string[] | null;
  /** The sign-in this token belongs to (users only). */
  readonly sessionId?: string;
}

/** What the hub itself is when nobody asked (sweepers, schedules). */
export const SYSTEM: Principal = { kind: 'system', id: 'system', name: 'signalbox', projects: null };

/** True where the principal may see `projectId`; things outside every project are visible to the unconfined only. */
export function sees(principal: Principal, projectId: string | null): boolean {
  return principal.projects === null || (projectId !== null && principal.projects.includes(projectId));
}

/** Nobody in particular: the caller of a public route. Belongs to no project, may do nothing. */
export const ANONYMOUS: Principal = { kind: 'user', id: 'anonymous', name: 'anonymous', projects: [] };
