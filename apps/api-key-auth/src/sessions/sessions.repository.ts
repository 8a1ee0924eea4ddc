import { Injectable } from '@nestjs/common';
import { REFRESH_TOKEN_SECONDS } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { Principal } from '@signalbox/contracts';
import type { PoolClient } from 'pg';
import { AuditTrail } from '../audit/audit-trail';
import type { Grant } from '../tokens/tokens.service';
import type { KnownUser } from '../users/user-rules';
import type { LockedSession, Verdict } from './refresh-rule';

const LIFETIME = `interval '${REFRESH_TOKEN_SECONDS} seconds'`;

/** Columns of `users` as the entity names them, its secrets left out. */
const USER_COLUMNS = `u.id, u.username, u.email, u.role, u.first_name AS "firstName", u.last_name AS "lastName",
  u.is_active AS "isActive", u.projects, u.date_joined AS "dateJoined"`;

type Pair = Pick<Grant, 'tokenId' | 'issuedAt'>;

/** Every time here is the database's: replicas whose clocks differ must agree on what came first. */
@Injectable()
export class SessionsRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @param user as they were when they were let in, which nobody knew before
   * @param by the way they signed in
   * @returns null when the user has another password by now, or is inactive: what ends all sessions ends this one too
   */
  open(
    session: Omit<Grant, 'issuedAt'>,
    user: { readonly username: string; readonly passwordHash: string },
    by: 'auth.login' | 'auth.login-with-secret',
  ): Promise<Grant | null> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ issuedAt: Date }>(
        `INSERT INTO sessions (id, user_id, token_id, issued_at, expires_at)
         SELECT $1, id, $3, now(), now() + ${LIFETIME}
           FROM users WHERE id = $2 AND password_hash = $4 AND is_active FOR SHARE
         RETURNING issued_at AS "issuedAt"`,
        [session.sessionId, session.userId, session.tokenId, user.passwordHash],
      );
      const [row] = rows;
      if (!row) return null;
      await this.audit.note(client, {
        action: by,
        resourceId: session.sessionId,
        before: null,
        after: { user_id: session.userId },
        actor: actorOf(session.userId, user.username),
      });
      return { ...session, issuedAt: row.issuedAt };
    });
  }

  /**
   * Holds the session while `judge` decides, and does what it decided before anybody else sees it.
   * @returns the verdict and the pair that is valid now; null when there is no such session
   */
  refresh(
    sessionId: string,
    judge: (session: LockedSession) => Verdict,
    next: { readonly tokenId: string; readonly client: string },
  ): Promise<{ verdict: Verdict; grant: Grant } | null> {
    return this.database.transaction(async (client) => {
      const session = await lock(client, sessionId);
      if (!session) return null;
      const verdict = judge(session);
      if (verdict === 'revoke') await this.revoke(client, sessionId, session);
      const pair: Pair = verdict === 'rotate' ? await rotate(client, sessionId, next) : session;
      const { tokenId, issuedAt } = pair;
      return { verdict, grant: { userId: session.userId, sessionId, tokenId, issuedAt } };
    });
  }

  end(sessionId: string): Promise<void> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ user_id: string }>(
        'DELETE FROM sessions WHERE id = $1 RETURNING user_id',
        [sessionId],
      );
      const [before] = rows;
      if (!before) return;
      await this.audit.note(client, {
        action: 'auth.logout',
        resourceId: sessionId,
        before: { user_id: before.user_id },
        after: null,
      });
    });
  }

  /** The active user of a session that has neither ended nor expired, or null. */
  async activeUser(sessionId: string): Promise<KnownUser | null> {
    const { rows } = await this.database.query<KnownUser>(
      `SELECT ${USER_COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = $1 AND s.expires_at > now() AND u.is_active`,
      [sessionId],
    );
    return rows[0] ?? null;
  }

  private async revoke(
    client: PoolClient,
    sessionId: string,
    { userId, username }: SessionOfUser,
  ): Promise<void> {
    await client.query('DELETE FROM sessions WHERE id = $1', [sessionId]);
    await this.audit.note(client, {
      action: 'auth.refresh',
      outcome: 'refused',
      reason: 'refresh_token_reused',
      resourceId: sessionId,
      before: { user_id: userId },
      after: null,
      actor: actorOf(userId, username),
    });
  }

  /** Deletes up to `limit` expired sessions and tells how many it found. */
  async deleteExpired(limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM sessions WHERE id IN (
         SELECT id FROM sessions WHERE expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [limit],
    );
    return rowCount ?? 0;
  }
}

type SessionOfUser = LockedSession & { readonly username: string };

function actorOf(id: string, name: string): Pick<Principal, 'kind' | 'id' | 'name'> {
  return { kind: 'user', id, name };
}

async function lock(client: PoolClient, sessionId: string): Promise<SessionOfUser | undefined> {
  const { rows } = await client.query<SessionOfUser>(
    `SELECT u.username, s.user_id AS "userId", s.token_id AS "tokenId", s.spent_token_id AS "spentTokenId",
            s.spent_by AS "spentBy", s.issued_at AS "issuedAt",
            (extract(epoch FROM clock_timestamp() - s.issued_at) * 1000)::float8 AS "ageMs",
            s.expires_at > clock_timestamp() AND u.is_active AS live
       FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.id = $1 FOR UPDATE OF s`,
    [sessionId],
  );
  return rows[0];
}

async function rotate(
  client: PoolClient,
  sessionId: string,
  next: { readonly tokenId: string; readonly client: string },
): Promise<Pair> {
  const { rows } = await client.query<{ issuedAt: Date }>(
    `UPDATE sessions SET spent_token_id = token_id, spent_by = $3, token_id = $2,
            issued_at = clock_timestamp(), expires_at = clock_timestamp() + ${LIFETIME}
      WHERE id = $1 RETURNING issued_at AS "issuedAt"`,
    [sessionId, next.tokenId, next.client],
  );
  return { tokenId: next.tokenId, issuedAt: one(rows).issuedAt };
}

function one<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('The statement answered no row');
  return row;
}
