import { DomainError, type Principal } from '@signalbox/contracts';

/**
 * The gateway has decided already; this is for the day it is mistaken.
 * @throws DomainError FORBIDDEN unless the caller may administer users
 */
export function requireAdmin(principal: Principal): void {
  // A key that is confined to projects could make itself a user who is not.
  const unconfinedKey = principal.scopes?.includes('admin') === true && principal.projects === null;
  if (principal.kind !== 'system' && principal.role !== 'admin' && !unconfinedKey)
    throw new DomainError({ code: 'FORBIDDEN' });
}

/**
 * Keys may also be administered, and records of requests read, by a key that is confined to projects: what is inside those.
 * @throws DomainError FORBIDDEN unless the caller may administer API keys
 */
export function requireKeyAdmin({ kind, role, scopes }: Principal): void {
  if (kind !== 'system' && role !== 'admin' && scopes?.includes('admin') !== true)
    throw new DomainError({ code: 'FORBIDDEN' });
}
