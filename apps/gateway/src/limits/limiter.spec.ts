import type { Principal } from '@signalbox/contracts';
import { testConfig } from '@signalbox/testing';
import { limitHeaders } from './limit-headers';
import { Limiter, type Verdict } from './limiter';
import { MemoryLimitStore } from './memory-limit-store';
import { Policies, type LimitedRequest } from './policies';

const user: Principal = { kind: 'user', id: 'u1', name: 'u', role: 'member', projects: null };
const key: Principal = { kind: 'api_key', id: 'k1', name: 'k', scopes: ['read'], projects: null };

function request(facts: Partial<LimitedRequest> = {}): LimitedRequest {
  return {
    method: 'GET',
    address: '203.0.113.7',
    kind: 'standard',
    surface: 'administration',
    principal: undefined,
    ...facts,
  };
}

describe('the table of limits', () => {
  const policies = new Policies(testConfig());
  const binding = (facts: Partial<LimitedRequest>) =>
    policies
      .bindingOn(request(facts))
      .map(({ key: whose, policy: { name, limit, windowSeconds } }) => [name, limit, windowSeconds, whose]);
  const global = ['global', 10_000, 1, 'all'];

  it.each([
    ['a key', { principal: { ...key, rateLimit: 7 } }, ['key', 7, 3600, 'k1']],
    ['a key without a limit of its own', { principal: key }, ['key', 1000, 3600, 'k1']],
    [
      'a key on the code-review surface',
      { principal: key, surface: 'code-review' },
      ['key', 1000, 3600, 'k1'],
    ],
    ['a user', { principal: user }, ['user', 100, 60, 'u1']],
    ['a writing user', { principal: user, method: 'POST' }, ['user', 100, 60, 'u1']],
    ['a reading user, code review', { principal: user, surface: 'code-review' }, ['read', 60, 60, 'user:u1']],
    [
      'a writing user, code review',
      { principal: user, surface: 'code-review', method: 'DELETE' },
      ['write', 30, 60, 'user:u1'],
    ],
    ['nobody', {}, ['read', 60, 60, 'address:203.0.113.7']],
    ['nobody, HEAD', { method: 'HEAD' }, ['read', 60, 60, 'address:203.0.113.7']],
    ['nobody, writing', { method: 'POST' }, ['write', 30, 60, 'address:203.0.113.7']],
    ['a sign-in', { kind: 'auth', method: 'POST' }, ['auth', 10, 60, 'address:203.0.113.7']],
    ['a sign-in with a token', { kind: 'auth', principal: user }, ['auth', 10, 60, 'address:203.0.113.7']],
    ['a sign-in with a key', { kind: 'auth', principal: key }, ['auth', 10, 60, 'address:203.0.113.7']],
    ['a provider', { kind: 'provider', method: 'POST' }, ['provider', 100, 60, 'address:203.0.113.7']],
    [
      'a provider with a key',
      { kind: 'provider', principal: key },
      ['provider', 100, 60, 'address:203.0.113.7'],
    ],
  ] as const)('binds %s, and everybody together', (_who, facts, row) => {
    expect(binding(facts)).toEqual([row, global]);
  });

  it('binds a delivery to everybody when it comes, and to its endpoint once that is known', () => {
    expect(binding({ kind: 'receive', method: 'POST' })).toEqual([global]);
    expect(binding({ kind: 'receive', receive: { key: 'endpoint:e1', limit: null } })).toEqual([
      ['receive', 10, 60, 'endpoint:e1'],
    ]);
    expect(binding({ kind: 'receive', receive: { key: 'endpoint:e1', limit: 600 } })).toEqual([
      ['receive', 600, 60, 'endpoint:e1'],
    ]);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', `address:${0x2001}:${0xdb8}:1:2`],
    ['::ffff:203.0.113.7', 'address:203.0.113.7'],
    ['not an address', 'address:unknown'],
    ['', 'address:unknown'],
  ])('knows the client at %j', (address, whose) => {
    expect(binding({ address })[0]?.[3]).toBe(whose);
  });
});

describe('the limiter', () => {
  let now: number;
  const limiter = (variables: Record<string, string> = {}) =>
    new Limiter(new MemoryLimitStore(() => now), new Policies(testConfig(variables)));
  const say = (verdict: Verdict | Promise<Verdict>) => {
    const { policy, usage } = verdict as Verdict;
    return [policy.name, usage.allowed, usage.remaining];
  };
  beforeEach(() => {
    now = 0;
  });

  it('tells the tightest limit', () => {
    const limits = limiter({ LIMIT_GLOBAL_PER_SECOND: '3', LIMIT_USER_PER_MINUTE: '5' });
    const asks = () => say(limits.admit(request({ principal: user })));
    expect([asks(), asks(), asks(), asks()]).toEqual([
      ['global', true, 2],
      ['global', true, 1],
      ['global', true, 0],
      ['global', false, 0],
    ]);
    now += 1_000;
    expect([asks(), asks(), asks()]).toEqual([
      ['user', true, 1],
      ['user', true, 0],
      ['user', false, 0],
    ]);
  });

  it('tells of two that refuse the one that refuses longer', () => {
    const limits = limiter({ LIMIT_GLOBAL_PER_SECOND: '1', LIMIT_USER_PER_MINUTE: '1' });
    void limits.admit(request({ principal: user }));
    const { policy, usage } = limits.admit(request({ principal: user })) as Verdict;
    expect([policy.name, usage.allowed, usage.resetMs]).toEqual(['user', false, 60_000]);
  });

  it('lets in what is counted nowhere, though there is no room', () => {
    const limits = limiter({ LIMIT_READ_PER_MINUTE: '1', LIMIT_GLOBAL_PER_SECOND: '1' });
    expect(say(limits.admit(request()))).toEqual(['read', true, 0]);
    expect(say(limits.admit(request({ kind: 'none' })))).toEqual(['read', true, 0]);
    expect(say(limits.admit(request()))).toEqual(['read', false, 0]);
  });
});

describe('the headers of a limit', () => {
  it('say the published and the standard figures', () => {
    const verdict = (resetMs: number): Verdict => ({
      policy: { name: 'key', limit: 1000, windowSeconds: 3600 },
      usage: { allowed: true, remaining: 999, resetMs },
    });
    const headers = limitHeaders(verdict(29_001));
    expect(headers).toMatchObject({
      'x-ratelimit-limit': 1000,
      'x-ratelimit-remaining': 999,
      'ratelimit-policy': '"key";q=1000;w=3600',
      ratelimit: '"key";r=999;t=30',
    });
    expect(Number(headers['x-ratelimit-reset']) - Date.now() / 1000).toBeGreaterThan(28);
    expect(limitHeaders(verdict(0)).ratelimit).toBe('"key";r=999;t=1');
  });
});
