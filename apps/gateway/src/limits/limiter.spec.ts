import type { Principal } from '@signalbox/contracts';
import { Limiter, type LimitedRequest, type Verdict } from './limiter';
import { MemoryLimitStore } from './memory-limit-store';

const LIMITS = {
  LIMIT_USER_PER_MINUTE: 4,
  LIMIT_AUTH_PER_MINUTE: 1,
  LIMIT_READ_PER_MINUTE: 3,
  LIMIT_WRITE_PER_MINUTE: 2,
};
const REQUEST: LimitedRequest = {
  method: 'GET',
  address: '192.0.2.1',
  kind: 'standard',
  surface: 'integration-service',
  principal: undefined,
};
const user = (id: string): Principal => ({ kind: 'user', id, name: id, role: 'member', projects: null });

describe('Limiter', () => {
  let now = 0;
  let limiter: Limiter;
  beforeEach(() => {
    now = 0;
    limiter = new Limiter(new MemoryLimitStore(() => now), LIMITS);
  });

  const admit = (request: Partial<LimitedRequest> = {}): Verdict =>
    limiter.admit({ ...REQUEST, ...request }) as Verdict;
  const admitted = (request: Partial<LimitedRequest> = {}): number => {
    let count = 0;
    while (count < 50 && admit(request).usage.allowed) count += 1;
    return count;
  };

  it.each<[string, number, Partial<LimitedRequest>]>([
    ['somebody unknown who reads', 3, {}],
    ['somebody unknown who only looks', 3, { method: 'HEAD' }],
    ['somebody unknown who writes', 2, { method: 'POST' }],
    ['a user', 4, { principal: user('a'), method: 'POST' }],
    ['a user on administration', 4, { principal: user('a'), surface: 'administration' }],
    ['a user on automation', 4, { principal: user('a'), surface: 'automation' }],
    ['a user on integration management', 4, { principal: user('a'), surface: 'integration-management' }],
    ['a user who reads on code review', 3, { principal: user('a'), surface: 'code-review' }],
    [
      'a user who writes on code review',
      2,
      { principal: user('a'), surface: 'code-review', method: 'DELETE' },
    ],
    ['whoever signs in', 1, { kind: 'auth', method: 'POST', principal: user('a') }],
  ])('lets %s call %i times a minute', (_who, times, request) => {
    expect(admitted(request)).toBe(times);
    now += 59_999;
    expect(admitted(request)).toBe(0);
    now += 1;
    expect(admitted(request)).toBe(times);
  });

  it('counts each user, and each address, apart', () => {
    expect(admitted({ principal: user('a') })).toBe(4);
    expect(admitted({ principal: user('b') })).toBe(4);
    expect(admitted()).toBe(3);
    expect(admitted({ address: '192.0.2.2' })).toBe(3);
  });

  it('counts the whole network of an IPv6 address as one, and an IPv4 address however it is written', () => {
    expect(admitted({ address: '2001:db8:1:2::1' })).toBe(3);
    expect(admitted({ address: '2001:db8:1:2:ffff::9' })).toBe(0);
    expect(admitted({ address: '2001:db8:1:3::1' })).toBe(3);
    expect(admitted({ address: '192.0.2.7' })).toBe(3);
    expect(admitted({ address: '::ffff:192.0.2.7' })).toBe(0);
  });

  it('does not count what it refuses', () => {
    expect(admitted()).toBe(3);
    now = 30_000;
    expect(admitted()).toBe(0);
    now = 60_000;
    expect(admitted()).toBe(3);
  });

  it('lets everybody in where nothing is limited, and tells them where they stand', () => {
    expect(admitted()).toBe(3);
    const { usage } = admit({ kind: 'none' });
    expect(usage).toEqual({ allowed: true, remaining: 0, resetMs: 60_000 });
    expect(admit({ kind: 'none', address: '192.0.2.9' }).usage.remaining).toBe(3);
  });
});
