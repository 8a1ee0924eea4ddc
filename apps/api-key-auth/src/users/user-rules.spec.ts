import type { UserInput } from '@signalbox/contracts';
import { problemsOf, usernameKey, userView } from './user-rules';

const good: UserInput = { username: 'ada', password: 'correct horse', email: 'ada@example.com' };

describe('usernameKey', () => {
  it.each([
    ['Ada', 'ADA'],
    ['ÄSA', 'äsa'],
    ['\u0041\u030A', '\u00C5'],
  ])('makes %s and %s the same name', (one, other) => {
    expect(usernameKey(one)).toBe(usernameKey(other));
  });
});

describe('problemsOf', () => {
  it('finds none in what the gateway lets through', () => {
    expect(problemsOf(good)).toEqual([]);
    const full: UserInput = { ...good, role: 'viewer', first_name: 'Ada', last_name: '', projects: ['p'] };
    expect(problemsOf(full)).toEqual([]);
    expect(problemsOf({ ...good, projects: null })).toEqual([]);
  });

  it.each([
    ['username', { username: '' }],
    ['username', { username: 'x'.repeat(151) }],
    ['username', { username: 'a\0b' }],
    ['username', { username: '\ud800' }],
    ['password', { password: 'x'.repeat(7) }],
    ['password', { password: 'x'.repeat(257) }],
    ['email', { email: 'x'.repeat(255) }],
    ['first_name', { first_name: 'x'.repeat(151) }],
    ['last_name', { last_name: 'a\0' }],
    ['role', { role: 'root' as never }],
    ['projects', { projects: 'all' as never }],
    ['projects', { projects: Array<string>(1_001).fill('p') }],
    ['projects[1]', { projects: ['p', ''] }],
    ['projects[0]', { projects: [7 as never] }],
  ])('names %s', (field, change) => {
    expect(problemsOf({ ...good, ...change }).map((problem) => problem.field)).toEqual([field]);
  });
});

describe('userView', () => {
  const user = {
    id: 'id',
    username: 'ada',
    email: '',
    firstName: 'Ada',
    lastName: 'L',
    isActive: true,
    projects: ['p'],
    dateJoined: new Date(0),
  };

  it('confines nobody who is an admin', () => {
    expect(userView({ ...user, role: 'member' }).projects).toEqual(['p']);
    expect(userView({ ...user, role: 'admin' }).projects).toBeNull();
  });

  it('has no password', () => {
    const stored = { ...user, role: 'member' as const, passwordHash: '$argon2id$', usernameKey: 'ada' };
    expect(JSON.stringify(userView(stored))).not.toContain('argon2');
  });
});
