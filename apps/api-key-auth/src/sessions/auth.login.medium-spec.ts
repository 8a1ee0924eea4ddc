import { authOperations, userOperations, type TokenPair, type UserInput } from '@signalbox/contracts';
import { ELSEWHERE, HERE, refusal, RunningAuth } from '../running-auth-for-spec';

const ADMIN_PASSWORD = 'test-admin-password';
const ADMIN_SECRET = 'test-admin-secret-0123456789';
const WRONG = { code: 'UNAUTHENTICATED', messageKey: 'credentials_wrong' };

function sessionOf({ access }: TokenPair): string {
  const claims = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string;
  };
  return claims.sid;
}

describe('auth.login and auth.login-with-secret', () => {
  let auth: RunningAuth;
  const login = (username: string, password: string) =>
    auth.call(authOperations.login, { username, password, origin: HERE });
  const withSecret = (secret: string) => auth.call(authOperations.loginWithSecret, { secret, origin: HERE });
  const create = (input: Partial<UserInput>) =>
    auth.call(userOperations.create, {
      username: 'ada',
      password: 'correct horse',
      email: 'ada@example.com',
      ...input,
    });

  beforeAll(async () => {
    auth = await RunningAuth.start();
    await create({ username: 'Ada', role: 'member', projects: ['p1'] });
    await create({ username: 'gone', is_active: false });
  }, 60_000);

  afterAll(() => auth.stop());

  // How failures slow the next attempt has a suite of its own.
  beforeEach(() => auth.sql('DELETE FROM sign_in_failures'));

  it('signs the first administrator in', async () => {
    const answer = await login('admin', ADMIN_PASSWORD);
    expect(answer).toEqual({
      access: expect.stringMatching(/^eyJ/) as string,
      refresh: expect.stringMatching(/^eyJ/) as string,
      expires_in: 900,
      user: {
        id: expect.stringMatching(/^[0-9a-f-]{14}7/) as string,
        username: 'admin',
        email: '',
        first_name: '',
        last_name: '',
        role: 'admin',
        is_active: true,
        projects: null,
        date_joined: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      },
    });
    const session = await auth.call(authOperations.session, { session_id: sessionOf(answer) });
    expect(session).toEqual({
      principal: {
        kind: 'user',
        id: answer.user.id,
        name: 'admin',
        role: 'admin',
        projects: null,
        sessionId: sessionOf(answer),
      },
      user: answer.user,
    });
  });

  it('takes the name in any case, and confines to the projects of the user', async () => {
    const answer = await login('aDA', 'correct horse');
    expect(answer.user).toMatchObject({ username: 'Ada', role: 'member', projects: ['p1'] });
    const session = await auth.call(authOperations.session, { session_id: sessionOf(answer) });
    expect(session?.principal).toMatchObject({ role: 'member', projects: ['p1'] });
  });

  it('makes a session of its own each time', async () => {
    const [one, other] = [await login('ada', 'correct horse'), await login('ada', 'correct horse')];
    expect(sessionOf(one)).not.toBe(sessionOf(other));
  });

  it.each([
    ['a wrong password', 'ada', 'wrong horse'],
    ['an unknown name', 'nobody', 'correct horse'],
    ['an inactive user', 'gone', 'correct horse'],
    ['an inactive user and a wrong password', 'gone', 'wrong horse'],
    ['nothing', '', ''],
    ['a name that cannot be stored', 'ada\0', 'correct horse'],
    ['half a character', '\ud800', 'correct horse'],
    ['a very long name', 'x'.repeat(200_000), 'correct horse'],
    ['a very long password', 'ada', 'x'.repeat(200_000)],
    ['statements', `ada' OR '1'='1`, `' OR '1'='1`],
  ])('refuses %s with the same words', async (_what, username, password) => {
    await expect(refusal(login(username, password))).resolves.toEqual(WRONG);
  });

  it('signs in as the administrator with the secret', async () => {
    const answer = await withSecret(ADMIN_SECRET);
    expect(answer.user).toMatchObject({ username: 'admin', role: 'admin' });
  });

  it.each(['', ADMIN_SECRET.slice(0, -1), `${ADMIN_SECRET}x`, 'x'.repeat(200_000), ADMIN_PASSWORD])(
    'refuses a wrong secret (%#)',
    async (secret) => {
      await expect(refusal(withSecret(secret))).resolves.toEqual(WRONG);
    },
  );

  it.each(['is_active = false', `role = 'member'`])(
    'refuses the right secret once the administrator is none (%s)',
    async (change) => {
      await auth.sql(`UPDATE users SET ${change} WHERE username = 'admin'`);
      try {
        await expect(refusal(withSecret(ADMIN_SECRET))).resolves.toEqual(WRONG);
      } finally {
        await auth.sql(`UPDATE users SET is_active = true, role = 'admin' WHERE username = 'admin'`);
      }
    },
  );

  it.each([
    ['users', 'ada'],
    ['strangers', 'nobody'],
  ])(
    'turns a storm of %s away instead of hashing it all, and still answers about sessions',
    async (_who, name) => {
      const { access, ...pair } = await withSecret(ADMIN_SECRET);
      const storm = Array.from({ length: 90 }, () => refusal(login(name, 'wrong horse')));
      await expect(
        auth.call(authOperations.session, { session_id: sessionOf({ access, ...pair }) }),
      ).resolves.not.toBeNull();
      const codes = (await Promise.all(storm)).map((data) => (data as { code: string }).code);
      expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED', 'RATE_LIMITED']));
      // Whoever shares no address with the storm does not notice.
      const there = { username: 'ada', password: 'correct horse', origin: ELSEWHERE };
      await expect(auth.call(authOperations.login, there)).resolves.toBeDefined();
    },
  );
});
