import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { PageRequest } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { Repository } from 'typeorm';
import { UserEntity } from './user.entity';
import type { KnownUser } from './user-rules';

export type NewUser = Omit<UserEntity, 'dateJoined'>;

@Injectable()
export class UsersRepository {
  constructor(
    @InjectRepository(UserEntity) private readonly users: Repository<UserEntity>,
    private readonly database: Database,
  ) {}

  findById(id: string): Promise<UserEntity | null> {
    return this.users.findOneBy({ id });
  }

  findByUsernameKey(usernameKey: string): Promise<UserEntity | null> {
    return this.users.findOneBy({ usernameKey });
  }

  /** The stored user, or null when the name or the id is taken. */
  async insert(user: NewUser): Promise<UserEntity | null> {
    const inserted = await this.users
      .createQueryBuilder()
      .insert()
      .values(user)
      .orIgnore()
      .returning(['dateJoined'])
      .execute();
    const [row] = inserted.raw as { date_joined: Date }[];
    return row ? { ...user, dateJoined: row.date_joined } : null;
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
