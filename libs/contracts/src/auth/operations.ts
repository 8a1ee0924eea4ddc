import { notice } from '../notice';
import { operation } from '../operation';
import type { Page, PageRequest } from '../page';
import type { Principal, Role } from '../principal';

const SERVICE = 'api-key-auth' as const;

export interface UserView {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly role: Role;
  readonly is_active: boolean;
  /** Projects the user is confined to; null for none (admins always). */
  readonly projects: readonly string[] | null;
  readonly date_joined: string;
}

export interface UserInput {
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly role?: Role;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly is_active?: boolean;
  readonly projects?: readonly string[] | null;
}

/** What is left out stays as it is. */
export interface UserChanges extends Partial<UserInput> {
  /** Whoever changes their own password has to know the one in use. */
  readonly current_password?: string;
}

/** Where a sign-in or refresh comes from: a refresh repeated by the same client within seconds is not punished. */
export interface ClientOrigin {
  readonly address: string;
  readonly agent: string;
}

export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
  /** Seconds until the access token ends. */
  readonly expires_in: number;
}

/** What the gateway needs to know of a live session; it keeps it in memory for a few seconds at most. */
export interface SessionView {
  readonly principal: Principal;
  readonly user: UserView;
}

/**
 * Claims of an access token; issuer and audience are `signalbox`. The header names the key of the ring (`kid`) that signed
 * it. A token without `kid` is from before there was a ring: HS256 with `JWT_SECRET`.
 */
export interface AccessClaims {
  readonly sub: string;
  readonly sid: string;
  readonly typ: 'access';
}
export const TOKEN_ISSUER = 'signalbox';
/** How far the clocks of the process that signs and the one that verifies may differ. */
export const TOKEN_SKEW_SECONDS = 30;
export const ACCESS_TOKEN_SECONDS = 900;
export const REFRESH_TOKEN_SECONDS = 30 * 24 * 3600;

export const authOperations = {
  login: operation<
    { username: string; password: string; origin: ClientOrigin },
    TokenPair & { user: UserView }
  >(SERVICE, 'auth.login', 'command'),
  /** Signs in as the bootstrap admin with `ADMIN_SECRET`. */
  loginWithSecret: operation<{ secret: string; origin: ClientOrigin }, TokenPair & { user: UserView }>(
    SERVICE,
    'auth.login-with-secret',
    'command',
  ),
  refresh: operation<{ refresh: string; origin: ClientOrigin }, TokenPair>(
    SERVICE,
    'auth.refresh',
    'command',
  ),
  /** Ends the session: its refresh tokens and its access tokens, at once, everywhere. */
  logout: operation<{ session_id: string }, { ended: true }>(SERVICE, 'auth.logout', 'command'),
  /** Answers null when the session has ended or its user is inactive. */
  session: operation<{ session_id: string }, SessionView | null>(SERVICE, 'auth.session', 'query', 5_000),
};

export const userOperations = {
  list: operation<PageRequest, Page<UserView>>(SERVICE, 'users.list', 'query'),
  create: operation<UserInput, UserView>(SERVICE, 'users.create', 'command'),
  get: operation<{ id: string }, UserView>(SERVICE, 'users.get', 'query'),
  /** A new password or a deactivation ends every session of the user; any other change holds from the next request on. */
  update: operation<{ id: string; changes: UserChanges; origin: ClientOrigin }, UserView>(
    SERVICE,
    'users.update',
    'command',
  ),
  remove: operation<{ id: string }, { id: string; deleted: true }>(SERVICE, 'users.remove', 'command'),
  /** One's own; ends every session of the user, the one that asks included. */
  changePassword: operation<
    { current_password: string; new_password: string; origin: ClientOrigin },
    { changed: true }
  >(SERVICE, 'users.change-password', 'command'),
};

/** Sessions that ended, or whose user changed: forget what you know of them. */
export const sessionsChanged = notice<{ session_ids: readonly string[] }>(
  'auth.sessions-changed',
  'everyone',
);

export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text with secrets masked. */
  readonly body: string;
}

export type IdempotencyClaim =
  /** Run it; `id` goes along as `idempotencyId`. */
  | { readonly state: 'run'; readonly id: string }
  | { readonly state: 'replay'; readonly response: StoredResponse }
  /** The same key came with another body. */
  | { readonly state: 'mismatch' }
  /** The first request with this key is still under way. */
  | { readonly state: 'running' };

/** Seconds a stored response is replayed. */
export const IDEMPOTENCY_SECONDS = 24 * 3600;

export const idempotencyOperations = {
  /** `scope` is principal, method and path; `digest` a SHA-256 of the body. */
  claim: operation<{ scope: string; key: string; digest: string }, IdempotencyClaim>(
    SERVICE,
    'idempotency.claim',
    'command',
  ),
  settle: operation<{ id: string; response: StoredResponse }, { stored: boolean }>(
    SERVICE,
    'idempotency.settle',
    'command',
  ),
  /** The request was refused: the key is free again. Where it may have run all the same, whoever claims it next gets the same id. */
  release: operation<{ id: string; may_have_run?: boolean }, { released: boolean }>(
    SERVICE,
    'idempotency.release',
    'command',
  ),
};
