import { randomUUID } from 'node:crypto';
import type { Answer } from './answer';
import { useOwnHub } from './own-hub';
import { TEXT, TIME } from './samples';
import { whenWell } from './when-well';

const AUTH = 30;
const USER = 8;
const READ = 6;
const WRITE = 4;
const hub = useOwnHub({
  LIMIT_AUTH_PER_MINUTE: String(AUTH),
  LIMIT_USER_PER_MINUTE: String(USER),
  LIMIT_READ_PER_MINUTE: String(READ),
  LIMIT_WRITE_PER_MINUTE: String(WRITE),
});

/** Calls until it is refused. */
async function untilRefused(call: () => Promise<Answer>): Promise<{ allowed: Answer[]; refused: Answer }> {
  const allowed: Answer[] = [];
  for (;;) {
    const answer = await call();
    if (answer.status === 429) return { allowed, refused: answer };
    if (allowed.push(answer) > 100) throw new Error('Nothing limits this');
  }
}

const left = ({ headers }: Answer): number => Number(headers.get('X-RateLimit-Remaining'));

function expectRefusal({ headers }: Answer, limit: number): void {
  const wait = Number(headers.get('Retry-After'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(60);
  expect(headers.get('X-RateLimit-Limit')).toBe(String(limit));
  expect(headers.get('X-RateLimit-Remaining')).toBe('0');
  expect(Number(headers.get('X-RateLimit-Reset'))).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000) + 60);
  expect(headers.get('RateLimit')).toMatch(/;r=0;t=\d+$/);
  expect(headers.get('X-Request-Id')).toMatch(/\S/);
}

/** A new user: limits are each user's own. Signing in is limited, too, so there may be a few only. */
async function newUser(): Promise<{ token: string }> {
  const username = randomUUID();
  const created = await hub.call('POST', '/api/users/', {
    as: { token: await hub.token('admin') },
    body: { username, password: username, email: 'a@example.com', role: 'member' },
  });
  if (created.status !== 201) throw new Error(created.text);
  return { token: (await hub.signIn(username, username)).access };
}

describe('a user', () => {
  test('on the integration service has the published limit of users, and is told where they stand', async () => {
    const as = await newUser();
    const { allowed, refused } = await untilRefused(() => hub.call('GET', '/api/v1/webhooks', { as }));
    expect(allowed.map(left)).toEqual(Array.from({ length: USER }, (_, i) => USER - 1 - i));
    expectRefusal(refused, USER);
    expect(refused.body).toEqual({ code: 'F40029', msg: '請求頻率限制', content: null });
    expect(refused.headers.get('RateLimit-Policy')).toBe(`"user";q=${USER};w=60`);

    const english = await hub.call('GET', '/api/v1/admin/integration/webhooks', { as });
    expect(english.status).toBe(429);
    expect(english.body).toEqual({
      success: false,
      error: {
        code: 'RATE_LIMITED',
        message: 'Too many requests',
        retryAfter: Number(english.headers.get('Retry-After')),
      },
    });
    const automation = await hub.call('GET', '/api/users/me/', { as });
    expect(automation.status).toBe(429);
    expect(automation.body).toEqual({
      error: { code: 'RATE_LIMIT_EXCEEDED', message: 'Too many requests', details: {} },
      timestamp: TIME,
      path: '/api/users/me/',
    });
  });

  test('is not held up by another, and health is counted nowhere', async () => {
    const [one, two] = [await newUser(), await newUser()];
    await untilRefused(() => hub.call('GET', '/api/v1/webhooks', { as: one }));
    expect(await hub.call('GET', '/api/v1/webhooks', { as: two })).toMatchObject({ status: 200 });
    const before = left(await hub.call('GET', '/api/v1/webhooks', { as: two }));
    for (let i = 0; i < 2 * USER; i += 1) {
      for (const as of [one, two])
        expect(await whenWell(() => hub.call('GET', '/api/v1/health', { as }))).toMatchObject({
          status: 200,
        });
    }
    expect(left(await hub.call('GET', '/api/v1/webhooks', { as: two }))).toBe(before - 1);
  });

  test('on code review has its write limit', async () => {
    const as = await newUser();
    const answer = await hub.call('POST', '/api/v1/auth/logout', { as, body: { nobody: 1 } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('RateLimit-Policy')).toBe(`"write";q=${WRITE};w=60`);
  });
});

describe('nobody in particular', () => {
  test('is limited by address, reading and writing apart, whatever is guessed', async () => {
    const guess = (method: string) => (): Promise<Answer> =>
      hub.call(method, '/api/v1/webhooks', {
        as: null,
        headers: { Authorization: `Bearer ${randomUUID()}` },
      });
    const reads = await untilRefused(guess('GET'));
    expect(reads.allowed.every(({ status }) => status === 401)).toBe(true);
    expectRefusal(reads.refused, READ);
    const writes = await untilRefused(guess('POST'));
    expect(writes.allowed.every(({ status }) => status === 401)).toBe(true);
    expectRefusal(writes.refused, WRITE);
  });
});

describe('whoever looks whether the hub is alive', () => {
  test.each(['/api/v1/health', '/health/live', '/health/ready'])('%s is never refused', async (path) => {
    await untilRefused(() => hub.call('GET', '/nobody', { as: null }));
    for (let i = 0; i < 2 * READ; i += 1) {
      expect(await whenWell(() => hub.call('GET', path, { as: null }))).toMatchObject({ status: 200 });
    }
  });
});

describe('signing in', () => {
  test('is limited per address, over all surfaces together', async () => {
    const bad = { username: 'nobody', password: 'wrong password' };
    const { refused } = await untilRefused(() =>
      hub.call('POST', '/api/auth/login/', { as: null, body: bad }),
    );
    expectRefusal(refused, AUTH);
    expect(refused.body).toMatchObject({ error: { code: 'RATE_LIMIT_EXCEEDED' }, path: '/api/auth/login/' });
    for (const [path, body] of [
      ['/api/v1/auth/login', { secret: hub.adminSecret }],
      ['/api/v1/auth/refresh', { refreshToken: 'a' }],
    ] as const) {
      const answer = await hub.call('POST', path, { as: null, body });
      expectRefusal(answer, AUTH);
      expect(answer.body).toEqual({
        success: false,
        error: {
          code: 'RATE_LIMITED',
          message: '请求过于频繁',
          retryAfter: Number(answer.headers.get('Retry-After')),
        },
      });
    }
    const refresh = await hub.call('POST', '/api/auth/refresh/', { as: null, body: { refresh: 'a' } });
    expect(refresh).toMatchObject({ status: 429, body: { error: { message: TEXT } } });
  });
});
