import { SYSTEM, type Principal } from '@signalbox/contracts';
import { requireAdmin, requireKeyAdmin } from './access';

const user: Principal = { kind: 'user', id: 'u', name: 'u', projects: null };
const key: Principal = { kind: 'api_key', id: 'k', name: 'k', projects: null };

describe('requireAdmin', () => {
  it.each([
    ['an admin', { ...user, role: 'admin' }],
    ['a key with the scope admin', { ...key, scopes: ['read', 'admin'] }],
    ['the hub itself', SYSTEM],
  ] as [string, Principal][])('lets %s through', (_who, principal) => {
    expect(() => requireAdmin(principal)).not.toThrow();
  });

  it.each([
    ['an integration manager', { ...user, role: 'integration_manager' }],
    ['a member', { ...user, role: 'member' }],
    ['a viewer', { ...user, role: 'viewer' }],
    ['a user without a role', user],
    ['a key without the scope', { ...key, scopes: ['read', 'write', 'webhook'] }],
    ['a key that is confined to projects', { ...key, scopes: ['admin'], projects: ['p'] }],
    ['a key without scopes', key],
  ] as [string, Principal][])('refuses %s', (_who, principal) => {
    expect(() => requireAdmin(principal)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }) as Error);
  });
});

describe('requireKeyAdmin', () => {
  it.each([
    ['an admin', { ...user, role: 'admin' }],
    ['a key with the scope admin', { ...key, scopes: ['admin'] }],
    ['one that is confined to projects', { ...key, scopes: ['admin'], projects: ['p'] }],
    ['the hub itself', SYSTEM],
  ] as [string, Principal][])('lets %s through', (_who, principal) => {
    expect(() => requireKeyAdmin(principal)).not.toThrow();
  });

  it.each([
    ['an integration manager', { ...user, role: 'integration_manager' }],
    ['a member', { ...user, role: 'member' }],
    ['a user without a role', user],
    ['a key without the scope', { ...key, scopes: ['read', 'write', 'webhook'] }],
    ['a key without scopes', key],
  ] as [string, Principal][])('refuses %s', (_who, principal) => {
    expect(() => requireKeyAdmin(principal)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }) as Error);
  });
});
