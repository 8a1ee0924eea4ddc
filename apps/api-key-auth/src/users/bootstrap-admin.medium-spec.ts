import { authOperations } from '@signalbox/contracts';
import { HERE, refusal, RunningAuth } from '../running-auth-for-spec';

describe('the first administrator', () => {
  let auth: RunningAuth;

  afterEach(() => auth.stop());

  it('is made once by replicas that start together, under the name that is set', async () => {
    auth = await RunningAuth.start({ ADMIN_USERNAME: 'Root' });
    await auth.sql('DELETE FROM users');
    await Promise.all([auth.addReplica(), auth.addReplica(), auth.addReplica()]);
    const users = await auth.sql('SELECT username, role, is_active, projects FROM users');
    expect(users).toEqual([{ username: 'Root', role: 'admin', is_active: true, projects: null }]);
  }, 60_000);

  it('is not changed by a later start, whatever the environment says then', async () => {
    auth = await RunningAuth.start({ ADMIN_PASSWORD: 'the-first-password' });
    await auth.sql(`UPDATE users SET username = 'ADMIN', email = 'me@example.com'`);
    const before = await auth.sql('SELECT * FROM users');
    await auth.addReplica({ ADMIN_PASSWORD: 'another-password' });
    expect(await auth.sql('SELECT * FROM users')).toEqual(before);
    const login = (password: string) =>
      auth.call(authOperations.login, { username: 'admin', password, origin: HERE }, {}, 1);
    await expect(login('the-first-password')).resolves.toBeDefined();
    await expect(refusal(login('another-password'))).resolves.toMatchObject({ code: 'UNAUTHENTICATED' });
  }, 60_000);
});
