import { Injectable } from '@nestjs/common';
import {
  DomainError,
  type CallContext,
  type Page,
  type PageRequest,
  type UserInput,
  type UserView,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { requireAdmin } from '../access';
import { isStorable } from '../text';
import { PasswordHasher } from './password-hasher';
import type { UserEntity } from './user.entity';
import { PASSWORD_MAX, problemsOf, USERNAME_MAX, usernameKey, userView } from './user-rules';
import { UsersRepository } from './users.repository';

const PAGE_MAX = 1_000_000;

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordHasher,
  ) {}

  async list(request: PageRequest, { principal }: CallContext): Promise<Page<UserView>> {
    requireAdmin(principal);
    if (request.page > PAGE_MAX)
      throw DomainError.invalid({ field: 'page', key: 'max', params: { max: PAGE_MAX } });
    const { items, total } = await this.users.page(request);
    return { items: items.map(userView), total, page: request.page, size: request.size };
  }

  async create(input: UserInput, { principal, idempotencyId }: CallContext): Promise<UserView> {
    requireAdmin(principal);
    const problems = problemsOf(input);
    if (problems.length > 0) throw DomainError.invalid(...problems);
    const stored = await this.store(input, idempotencyId ?? newId());
    if (!stored) throw DomainError.conflict('user', 'username_taken');
    return userView(stored);
  }

  /** Creates the user unless one of that name exists. Any number of processes may try at once. */
  async ensure(input: UserInput): Promise<{ created: boolean }> {
    const existing = await this.users.findByUsernameKey(usernameKey(input.username));
    return { created: existing === null && (await this.store(input, newId())) !== null };
  }

  /** The active user of that name and password, or null; how long it takes does not tell which was wrong. */
  async authenticate(username: string, password: string): Promise<UserEntity | null> {
    if (password.length > PASSWORD_MAX) return null;
    const user = await this.named(username);
    const matches = await this.passwords.verify(user?.passwordHash ?? null, password);
    return matches && user?.isActive ? user : null;
  }

  /** The active user of that name, or null. */
  async active(username: string): Promise<UserEntity | null> {
    const user = await this.named(username);
    return user?.isActive ? user : null;
  }

  private async named(username: string): Promise<UserEntity | null> {
    if (username.length > USERNAME_MAX || !isStorable(username)) return null;
    return this.users.findByUsernameKey(usernameKey(username));
  }

  /** The new user, the one that an earlier run of the same request made, or null when the name is taken. */
  private async store(input: UserInput, id: string): Promise<UserEntity | null> {
    const made = await this.users.insert({
      id,
      username: input.username,
      usernameKey: usernameKey(input.username),
      email: input.email,
      passwordHash: await this.passwords.hash(input.password),
      role: input.role ?? 'viewer',
      firstName: input.first_name ?? '',
      lastName: input.last_name ?? '',
      isActive: input.is_active ?? true,
      projects: input.projects ? [...input.projects] : null,
    });
    return made ?? this.users.findById(id);
  }
}
