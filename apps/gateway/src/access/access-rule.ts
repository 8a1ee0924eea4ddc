import { ROLES, type Role, type Scope } from '@signalbox/contracts';

/** Who may call a route: a user with one of `roles`, or an API key with one of `scopes`. */
export interface AccessRule {
  /**
   * `required`: 401 without a good credential. `optional`: nobody is fine, a bad credential is 401.
   * `none`: credentials are not looked at, so a stale token never bars a public route.
   */
  readonly credential: 'required' | 'optional' | 'none';
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
}

const required = (roles: readonly Role[], scopes: readonly Scope[]): AccessRule => ({
  credential: 'required',
  roles,
  scopes,
});

export const ACCESS_RULES = {
  /** No credential. */
  public: { credential: 'none', roles: [], scopes: [] },
  /** Published documentation and the like: shows more to whoever may see more. */
  optional: { credential: 'optional', roles: ROLES, scopes: ['read', 'write', 'admin', 'webhook'] },
  /** Anybody with a good credential. */
  known: required(ROLES, ['read', 'write', 'admin', 'webhook']),
  read: required(ROLES, ['read', 'write', 'admin']),
  write: required(['admin', 'integration_manager', 'member'], ['write', 'admin']),
  /** Publishing events. */
  publish: required(['admin', 'integration_manager', 'member'], ['webhook', 'write', 'admin']),
  /** Integrations and their inbound endpoints. */
  oversee: required(['admin', 'integration_manager'], ['read', 'write', 'admin']),
  manage: required(['admin', 'integration_manager'], ['write', 'admin']),
  /** Inbound endpoints and what they received. */
  receiveRead: required(['admin', 'integration_manager'], ['read', 'write', 'admin', 'webhook']),
  receiveManage: required(['admin', 'integration_manager'], ['write', 'admin', 'webhook']),
  admin: required(['admin'], ['admin']),
  /** Metrics on the public port. */
  observe: required(['admin'], ['read', 'admin']),
} as const satisfies Record<string, AccessRule>;

export type AccessPreset = keyof typeof ACCESS_RULES;
