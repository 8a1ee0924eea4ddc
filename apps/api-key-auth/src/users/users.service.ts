import { Injectable } from '@nestjs/common';
import {
  DomainError,
  sessionsChanged,
  type CallContext,
  type ClientOrigin,
  type Page,
  type PageRequest,
  type Principal,
  type UserChanges,
  type UserInput,
  type UserView,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { Notices } from '@signalbox/rpc';
import { validate as isUuid } from 'uuid';
import { requireAdmin } from '../access';
import { SignInGuard } from '../sign-in/sign-in-guard';
import { isStorable } from '../text';
import { PasswordHasher } from './password-hasher';
import type { UserEntity } from './user.entity';
import {
  newPassword,
  PASSWORD_MAX,
  problemsOf,
  problemsOfChanges,
  USERNAME_MAX,
  usernameKey,
  userView,
} from './user-rules';
import { UsersRepository, type Changed, type NotChanged, type UserColumns } from './users.repository';

const PAGE_MAX = 1_000_000;
/** Sessions that one notice tells of. */
const TOLD_AT_ONCE = 1_000;

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordHasher,
    private readonly guard: SignInGuard,
    private readonly notices: Notices,
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

  async get({ id }: { id: string }, { principal }: CallContext): Promise<UserView> {
    requireAdmin(principal);
    return userView(await this.existing(id));
  }

  async update(
    { id, changes, origin }: { id: string; changes: UserChanges; origin: ClientOrigin },
    { principal }: CallContext,
  ): Promise<UserView> {
    requireAdmin(principal);
    const problems = problemsOfChanges(changes);
    if (problems.length > 0) throw DomainError.invalid(...problems);
    if (!isUuid(id)) throw DomainError.notFound('user');
    if (changes.password !== undefined && isOneself(principal, id))
      await this.confirm(await this.existing(id), changes.current_password, origin);
    const columns = await this.columnsOf(changes);
    const endSessions = columns.passwordHash !== undefined || columns.isActive === false;
    return userView(this.settled(await this.users.update(id, columns, endSessions, 'users.update')));
  }

  async remove({ id }: { id: string }, { principal }: CallContext): Promise<{ id: string; deleted: true }> {
    requireAdmin(principal);
    if (!isUuid(id)) throw DomainError.notFound('user');
    this.settled(await this.users.remove(id));
    return { id, deleted: true };
  }

  async changePassword(
    input: { current_password: string; new_password: string; origin: ClientOrigin },
    { principal }: CallContext,
  ): Promise<{ changed: true }> {
    // A key is no user, and has no password.
    if (principal.kind !== 'user') throw DomainError.notFound('user');
    const problem = newPassword('new_password', input.new_password);
    if (problem) throw DomainError.invalid(problem);
    const user = await this.existing(principal.id);
    await this.confirm(user, input.current_password, input.origin);
    const passwordHash = await this.passwords.hash(input.new_password);
    this.settled(await this.users.update(user.id, { passwordHash }, true, 'users.change-password'));
    return { changed: true };
  }

  /** Makes the user unless there is an administrator already. Any number of processes may try at once. */
  async ensureAdmin(input: UserInput): Promise<{ created: boolean }> {
    if (await this.users.adminExists()) return { created: false };
    return { created: (await this.store({ ...input, role: 'admin' }, newId())) !== null };
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

  private async existing(id: string): Promise<UserEntity> {
    const user = isUuid(id) ? await this.users.findById(id) : null;
    if (!user) throw DomainError.notFound('user');
    return user;
  }

  /** Guessing a password this way is slowed as guessing it at the sign-in is. */
  private async confirm(user: UserEntity, password: string | undefined, origin: ClientOrigin): Promise<void> {
    const field = 'current_password';
    if (password === undefined) throw DomainError.invalid({ field, key: 'required' });
    const confirmed = await this.guard.attempt(user.username, origin, async () =>
      password.length <= PASSWORD_MAX && (await this.passwords.verify(user.passwordHash, password))
        ? user
        : null,
    );
    if (!confirmed) throw DomainError.invalid({ field, key: 'password_wrong' });
  }

  private async columnsOf(changes: UserChanges): Promise<UserColumns> {
    const { username, password, email, role, first_name, last_name, is_active, projects } = changes;
    return {
      ...(username !== undefined && { username, usernameKey: usernameKey(username) }),
      ...(password !== undefined && { passwordHash: await this.passwords.hash(password) }),
      ...(email !== undefined && { email }),
      ...(role !== undefined && { role }),
      ...(first_name !== undefined && { firstName: first_name }),
      ...(last_name !== undefined && { lastName: last_name }),
      ...(is_active !== undefined && { isActive: is_active }),
      ...(projects !== undefined && { projects: projects && [...projects] }),
    };
  }

  /** Tells every gateway to ask again who the user is, before the caller hears that it is done. */
  private settled(outcome: Changed | NotChanged): UserEntity {
    switch (outcome) {
      case 'missing':
        throw DomainError.notFound('user');
      case 'last_admin':
        throw DomainError.conflict('user', 'last_admin');
      case 'name_taken':
        throw DomainError.conflict('user', 'username_taken');
      default:
        for (let at = 0; at < outcome.sessions.length; at += TOLD_AT_ONCE)
          this.notices.tell(sessionsChanged, { session_ids: outcome.sessions.slice(at, at + TOLD_AT_ONCE) });
        return outcome.user;
    }
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

function isOneself({ kind, id }: Principal, userId: string): boolean {
  return kind === 'user' && id === userId;
}
