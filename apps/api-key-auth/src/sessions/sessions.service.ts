import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  DomainError,
  sessionsChanged,
  type CallContext,
  type ClientOrigin,
  type SessionView,
  type TokenPair,
  type UserView,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { Notices } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { validate as isUuid } from 'uuid';
import { AuthSettings, LOG } from '../settings.module';
import { SignInGuard } from '../sign-in/sign-in-guard';
import { TokensService } from '../tokens/tokens.service';
import { projectsOf, userView, type KnownUser } from '../users/user-rules';
import type { UserEntity } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import { judgeRefresh } from './refresh-rule';
import { SessionsRepository } from './sessions.repository';

/** Signing in with the secret is slowed like an account of its own; no user can have that name. */
const BY_SECRET = '\0secret';

type SignedIn = TokenPair & { user: UserView };

@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly guard: SignInGuard,
    private readonly tokens: TokensService,
    private readonly notices: Notices,
    private readonly settings: AuthSettings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async login(input: { username: string; password: string; origin: ClientOrigin }): Promise<SignedIn> {
    const { username, password, origin } = input;
    const user = await this.guard.attempt(username, origin, () =>
      this.users.authenticate(username, password),
    );
    return this.open(user, 'auth.login');
  }

  async loginWithSecret({ secret, origin }: { secret: string; origin: ClientOrigin }): Promise<SignedIn> {
    const user = await this.guard.attempt(BY_SECRET, origin, () => this.admin(secret));
    return this.open(user, 'auth.login-with-secret');
  }

  async refresh({ refresh, origin }: { refresh: string; origin: ClientOrigin }): Promise<TokenPair> {
    const presented = await this.tokens.readRefresh(refresh);
    if (!presented) throw refused('refresh_token_invalid');
    const client = digestOf(origin);
    const refreshed = await this.sessions.refresh(
      presented.sessionId,
      (session) => judgeRefresh(session, presented.tokenId, client),
      { tokenId: randomUUID(), client },
    );
    if (!refreshed) throw refused('refresh_token_invalid');
    const { verdict, grant } = refreshed;
    if (verdict !== 'revoke') return this.tokens.pair(grant);
    this.log.warn(
      { session: grant.sessionId, user: grant.userId },
      'Ended a session whose refresh token was used again',
    );
    this.tellEnded(grant.sessionId);
    throw refused('refresh_token_invalid');
  }

  /** Told even when it had ended already: whoever asked again may have missed the first notice. */
  async logout(
    { session_id: id }: { session_id: string },
    { principal }: CallContext,
  ): Promise<{ ended: true }> {
    const foreign = principal.kind === 'user' && principal.role !== 'admin' && principal.sessionId !== id;
    if (foreign) throw new DomainError({ code: 'FORBIDDEN' });
    if (isUuid(id)) {
      await this.sessions.end(id);
      this.tellEnded(id);
    }
    return { ended: true };
  }

  async session({ session_id: id }: { session_id: string }): Promise<SessionView | null> {
    const user = isUuid(id) ? await this.sessions.activeUser(id) : null;
    return user && sessionView(id, user);
  }

  /** @returns how many expired sessions it removed: fewer than `limit` when none is left */
  sweep(limit: number): Promise<number> {
    return this.sessions.deleteExpired(limit);
  }

  /** The administrator, for whoever knows the secret. */
  private async admin(secret: string): Promise<UserEntity | null> {
    if (!sameSecret(secret, this.settings.adminSecret)) return null;
    const user = await this.users.active(this.settings.adminUsername);
    return user?.role === 'admin' ? user : null;
  }

  private async open(
    user: UserEntity | null,
    by: 'auth.login' | 'auth.login-with-secret',
  ): Promise<SignedIn> {
    const session = user && { userId: user.id, sessionId: newId(), tokenId: randomUUID() };
    const grant = session && (await this.sessions.open(session, user, by));
    if (!grant) throw refused('credentials_wrong');
    return { ...this.tokens.pair(grant), user: userView(user) };
  }

  private tellEnded(sessionId: string): void {
    this.notices.tell(sessionsChanged, { session_ids: [sessionId] });
  }
}

function refused(messageKey: string): DomainError {
  return new DomainError({ code: 'UNAUTHENTICATED', messageKey });
}

function sameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(sha256(given), sha256(secret));
}

/** Tells one client from another without keeping who it was. */
function digestOf({ address, agent }: ClientOrigin): string {
  return sha256(JSON.stringify([address, agent])).toString('base64url');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function sessionView(sessionId: string, user: KnownUser): SessionView {
  return {
    principal: {
      kind: 'user',
      id: user.id,
      name: user.username,
      role: user.role,
      projects: projectsOf(user),
      sessionId,
    },
    user: userView(user),
  };
}
