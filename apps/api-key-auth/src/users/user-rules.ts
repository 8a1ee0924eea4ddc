import {
  ROLES,
  type FieldProblem,
  type UserChanges,
  type UserInput,
  type UserView,
} from '@signalbox/contracts';
import { isStorable } from '../text';
import type { UserEntity } from './user.entity';

/** A user as everybody but the password check sees it. */
export type KnownUser = Omit<UserEntity, 'passwordHash' | 'usernameKey'>;

export const USERNAME_MAX = 150;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
const EMAIL_MAX = 254;
const NAME_MAX = 150;
const PROJECTS_MAX = 1_000;
const PROJECT_ID_MAX = 255;

/** Names with the same key are the same name, whatever the collation of the database. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}

/** The gateway tells callers what is wrong with their fields; this keeps out what must never get in, whoever calls. */
export function problemsOf(input: UserInput): FieldProblem[] {
  return problemsIn(input, ['username', 'password', 'email']);
}

/** Of a change, only what is given has to be right. */
export function problemsOfChanges(changes: UserChanges): FieldProblem[] {
  return problemsIn(changes, []);
}

function problemsIn(fields: UserChanges, required: readonly (keyof UserChanges)[]): FieldProblem[] {
  const check = (name: keyof UserChanges, find: () => FieldProblem | null) =>
    fields[name] === undefined && !required.includes(name) ? null : find();
  const problems = [
    check('username', () => text('username', fields.username, 1, USERNAME_MAX)),
    check('password', () => newPassword('password', fields.password)),
    check('email', () => text('email', fields.email, 0, EMAIL_MAX)),
    check('first_name', () => text('first_name', fields.first_name, 0, NAME_MAX)),
    check('last_name', () => text('last_name', fields.last_name, 0, NAME_MAX)),
    check('role', () => role(fields.role)),
    check('is_active', () =>
      typeof fields.is_active === 'boolean' ? null : { field: 'is_active', key: 'boolean' },
    ),
    projects(fields.projects ?? []),
  ];
  return problems.filter((problem) => problem !== null);
}

export function newPassword(field: string, value: unknown): FieldProblem | null {
  return length(field, value, PASSWORD_MIN, PASSWORD_MAX);
}

function text(field: string, value: unknown, min: number, max: number): FieldProblem | null {
  if (typeof value === 'string' && !isStorable(value)) return { field, key: 'control_character' };
  return length(field, value, min, max);
}

function length(field: string, value: unknown, min: number, max: number): FieldProblem | null {
  if (typeof value !== 'string') return { field, key: 'string' };
  return value.length < min || value.length > max ? { field, key: 'length', params: { min, max } } : null;
}

function role(value: string | undefined): FieldProblem | null {
  if (value === undefined || ROLES.some((known) => known === value)) return null;
  return { field: 'role', key: 'one_of', params: { values: ROLES.join(', ') } };
}

function projects(ids: readonly string[]): FieldProblem | null {
  if (!Array.isArray(ids)) return { field: 'projects', key: 'list' };
  if (ids.length > PROJECTS_MAX)
    return { field: 'projects', key: 'max_items', params: { max: PROJECTS_MAX } };
  return (
    ids
      .map((id, index) => text(`projects[${index}]`, id, 1, PROJECT_ID_MAX))
      .find((problem) => problem !== null) ?? null
  );
}

/** Whether somebody is left without whom nobody could let anybody in. */
export function isActiveAdmin(user: Pick<KnownUser, 'role' | 'isActive'>): boolean {
  return user.role === 'admin' && user.isActive;
}

/** Admins are never confined, whatever was stored when they were something else. */
export function projectsOf(user: KnownUser): readonly string[] | null {
  return user.role === 'admin' ? null : user.projects;
}

export function userView(user: KnownUser): UserView {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    role: user.role,
    is_active: user.isActive,
    projects: projectsOf(user),
    date_joined: user.dateJoined.toISOString(),
  };
}
