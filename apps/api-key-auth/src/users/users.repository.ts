import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { AuditFields, PageRequest } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import type { Repository } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail';
import { UserEntity } from './user.entity';
import { isActiveAdmin, type KnownUser } from './user-rules';

export type NewUser = Omit<UserEntity, 'dateJoined'>;
export type UserColumns = Partial<Omit<NewUser, 'id'>>;

/** What became of a change; `sessions` are those that the user had when it was made. */
export type Changed = { readonly user: UserEntity; readonly sessions: readonly string[] };
export type NotChanged = 'missing' | 'last_admin' | 'name_taken';

const COLUMNS = `id, username, username_key AS "usernameKey", email, password_hash AS "passwordHash", role,
  first_name AS "firstName", last_name AS "lastName", is_active AS "isActive", projects, date_joined AS "dateJoined"`;
const UNIQUE_VIOLATION = '23505';

@Injectable()
export class UsersRepository {
  constructor(
    @InjectRepository(UserEntity) private readonly users: Repository<UserEntity>,
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  findById(id: string): Promise<UserEntity | null> {
    return this.users.findOneBy({ id });
  }

  findByUsernameKey(usernameKey: string): Promise<UserEntity | null> {
    return this.users.findOneBy({ usernameKey });
  }

  adminExists(): Promise<boolean> {
    return this.users.existsBy({ role: 'admin' });
  }

  /** The stored user, or null when the name or the id is taken. */
  insert(user: NewUser): Promise<UserEntity | null> {
    return this.users.manager.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(UserEntity)
        .values(user)
        .orIgnore()
        .returning(['dateJoined'])
        .execute();
      const [row] = inserted.raw as { date_joined: Date }[];
      if (!row) return null;
      await this.audit.note(manager, {
        action: 'users.create',
        resourceId: user.id,
        before: null,
        after: audited(user),
      });
      return { ...user, dateJoined: row.date_joined };
    });
  }

  /**
   * Changes a user, and with `endSessions` ends every session of theirs in the same moment: a sign-in with what was valid
   * before either comes before and is ended, or comes after and is refused.
   */
  async update(
    id: string,
    columns: UserColumns,
    endSessions: boolean,
    action: 'users.update' | 'users.change-password',
  ): Promise<Changed | NotChanged> {
    try {
      return await this.database.transaction(async (client) => {
        const { user, others } = await lock(client, id);
        if (!user) return 'missing';
        const next: UserEntity = { ...user, ...columns };
        if (isActiveAdmin(user) && !isActiveAdmin(next) && others === 0) return 'last_admin';
        await write(client, next);
        const sessions = endSessions ? await endSessionsOf(client, id) : await sessionsOf(client, id);
        await this.audit.note(client, {
          action,
          resourceId: id,
          before: audited(user),
          after: { ...audited(next), ...(endSessions && { ended_sessions: sessions.length }) },
        });
        return { user: next, sessions };
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return 'name_taken';
      throw error;
    }
  }

  remove(id: string): Promise<Changed | NotChanged> {
    return this.database.transaction(async (client) => {
      const { user, others } = await lock(client, id);
      if (!user) return 'missing';
      if (isActiveAdmin(user) && others === 0) return 'last_admin';
      const sessions = await endSessionsOf(client, id);
      await client.query('DELETE FROM users WHERE id = $1', [id]);
      await this.audit.note(client, {
        action: 'users.remove',
        resourceId: id,
        before: audited(user),
        after: null,
      });
      return { user, sessions };
    });
  }

  /** Oldest first. May lag. */
  async page({ page, size }: PageRequest): Promise<{ items: KnownUser[]; total: number }> {
    const [rows, count] = await Promise.all([
      this.database.lagging.query<KnownUser>(
        `SELECT id, username, email, role, first_name AS "firstName", last_name AS "lastName",
                is_active AS "isActive", projects, date_joined AS "dateJoined"
           FROM users ORDER BY date_joined, id LIMIT $1 OFFSET $2`,
        [size, (page - 1) * size],
      ),
      this.database.lagging.query<{ total: number }>('SELECT count(*)::integer AS total FROM users'),
    ]);
    return { items: rows.rows, total: count.rows[0]?.total ?? 0 };
  }
}

/** What of a user is on record. The password shows only as something that was changed. */
function audited(user: NewUser): AuditFields {
  return {
    username: user.username,
    email: user.email,
    role: user.role,
    first_name: user.firstName,
    last_name: user.lastName,
    is_active: user.isActive,
    projects: user.projects,
    password: user.passwordHash,
  };
}

/** Holds the user and every active administrator, always in the same order: two may not make each other the last at once. */
async function lock(
  client: PoolClient,
  id: string,
): Promise<{ user: UserEntity | undefined; others: number }> {
  const { rows } = await client.query<UserEntity>(
    `SELECT ${COLUMNS} FROM users WHERE id = $1 OR (role = 'admin' AND is_active) ORDER BY id FOR UPDATE`,
    [id],
  );
  return {
    user: rows.find((row) => row.id === id),
    others: rows.filter((row) => row.id !== id && isActiveAdmin(row)).length,
  };
}

async function write(client: PoolClient, user: UserEntity): Promise<void> {
  await client.query(
    `UPDATE users SET username = $2, username_key = $3, email = $4, password_hash = $5, role = $6, first_name = $7,
            last_name = $8, is_active = $9, projects = $10
      WHERE id = $1`,
    [
      user.id,
      user.username,
      user.usernameKey,
      user.email,
      user.passwordHash,
      user.role,
      user.firstName,
      user.lastName,
      user.isActive,
      user.projects,
    ],
  );
}

async function sessionsOf(client: PoolClient, userId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [userId]);
  return rows.map(({ id }) => id);
}

async function endSessionsOf(client: PoolClient, userId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'DELETE FROM sessions WHERE user_id = $1 RETURNING id',
    [userId],
  );
  return rows.map(({ id }) => id);
}
