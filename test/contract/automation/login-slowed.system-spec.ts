import type { Answer } from '../answer';
import { useOwnHub } from '../own-hub';
import { TEXT } from '../samples';
import { makeUser } from './users';

const FREE = 3;
const hub = useOwnHub({ SIGN_IN_FREE_FAILURES: String(FREE) });

describe('a sign-in after too many failures', () => {
  test('is refused with the seconds to wait, on each surface in its own shape', async () => {
    const { username, password } = await makeUser(hub);
    const login = (given: string): Promise<Answer> =>
      hub.call('POST', '/api/auth/login/', { as: null, body: { username, password: given } });
    for (let i = 0; i < FREE; i += 1) expect(await login('wrong')).toMatchObject({ status: 401 });
    const slowed = await login(password);
    expect(slowed).toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMIT_EXCEEDED', message: TEXT } },
    });
    expect(slowed.headers.get('retry-after')).toBe('1');

    const withSecret = (secret: string): Promise<Answer> =>
      hub.call('POST', '/api/v1/auth/login', { as: null, body: { secret } });
    for (let i = 0; i < FREE; i += 1) expect(await withSecret('wrong')).toMatchObject({ status: 401 });
    const other = await withSecret(hub.adminSecret);
    expect(other).toMatchObject({
      status: 429,
      body: { success: false, error: { code: 'RATE_LIMITED', message: TEXT, retryAfter: 1 } },
    });
    expect(other.headers.get('retry-after')).toBe('1');
  });
});
