import { Client } from 'pg';
import type { Answer } from '../answer';
import { useOwnHub } from '../own-hub';
import { TEXT } from '../samples';
import { makeUser } from './users';

const FREE = 3;
const hub = useOwnHub({ SIGN_IN_FREE_FAILURES: String(FREE) });

/** A minute longer: on a busy machine the second that is to be waited first is over before anything else is done. */
async function waitLonger(): Promise<void> {
  const database = new Client({ connectionString: hub.databaseUrl });
  await database.connect();
  try {
    await database.query(
      `UPDATE auth.sign_in_failures SET wait_until = wait_until + interval '1 minute'
        WHERE wait_until > last_at + interval '0.5 seconds'`,
    );
  } finally {
    await database.end();
  }
}

function expectWait({ headers }: Answer): number {
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(61);
  return seconds;
}

describe('a sign-in after too many failures', () => {
  test('is refused with the seconds to wait, on each surface in its own shape', async () => {
    const { username, password } = await makeUser(hub);
    const login = (given: string): Promise<Answer> =>
      hub.call('POST', '/api/auth/login/', { as: null, body: { username, password: given } });
    for (let i = 0; i < FREE; i += 1) expect(await login('wrong')).toMatchObject({ status: 401 });
    await waitLonger();
    const slowed = await login(password);
    expect(slowed).toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMIT_EXCEEDED', message: TEXT } },
    });
    expectWait(slowed);

    const withSecret = (secret: string): Promise<Answer> =>
      hub.call('POST', '/api/v1/auth/login', { as: null, body: { secret } });
    for (let i = 0; i < FREE; i += 1) expect(await withSecret('wrong')).toMatchObject({ status: 401 });
    await waitLonger();
    const other = await withSecret(hub.adminSecret);
    expect(other).toMatchObject({
      status: 429,
      body: { success: false, error: { code: 'RATE_LIMITED', message: TEXT, retryAfter: expectWait(other) } },
    });
  });
});
