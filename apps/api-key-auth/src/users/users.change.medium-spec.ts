import {
  authOperations,
  userOperations,
  type Principal,
  type SessionView,
  type UserChanges,
  type UserView,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { until } from '@signalbox/testing';
import { ADMIN, ELSEWHERE, HERE, refusal, RunningAuth } from '../running-auth-for-spec';

const PASSWORD = 'correct horse';
const OTHER = 'battery staple';
const LAST = { code: 'CONFLICT', resource: 'user', messageKey: 'last_admin' };
const MISSING = { code: 'NOT_FOUND', resource: 'user' };

interface SignedInUser {
  readonly user: UserView;
  readonly session: string;
  readonly refresh: string;
}

describe('changing users', () => {
  let auth: RunningAuth;
  let nth = 0;

  beforeAll(async () => {
    auth = await RunningAuth.start();
    await auth.addReplica();
  }, 60_000);

  afterAll(() => auth.stop());

  beforeEach(() => auth.sql('DELETE FROM sign_in_failures'));

  const login = (username: string, password = PASSWORD, replica = 0) =>
    auth.call(authOperations.login, { username, password, origin: HERE }, {}, replica);
  const view = (session: string, replica = 1): Promise<SessionView | null> =>
    auth.call(authOperations.session, { session_id: session }, {}, replica);
  const update = (id: string, changes: UserChanges, principal: Principal = ADMIN, replica = 0) =>
    auth.call(userOperations.update, { id, changes, origin: HERE }, { principal }, replica);
  const get = (id: string) => auth.call(userOperations.get, { id }, { principal: ADMIN });
  const remove = (id: string, principal: Principal = ADMIN, replica = 0) =>
    auth.call(userOperations.remove, { id }, { principal }, replica);

  async function signedIn(role: UserView['role'] = 'member'): Promise<SignedInUser> {
    const username = `user-${++nth}`;
    await auth.call(userOperations.create, { username, password: PASSWORD, email: '', role });
    const { user, access, refresh } = await login(username);
    const { sid } = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as {
      sid: string;
    };
    return { user, session: sid, refresh };
  }

  const as = ({ user, session }: SignedInUser): Principal => ({
    kind: 'user',
    id: user.id,
    name: user.username,
    role: user.role,
    projects: null,
    sessionId: session,
  });

  const told = (session: string) => until('every gateway is told', 5_000, () => auth.ended.includes(session));

  it('changes what is given and leaves the rest', async () => {
    const { user } = await signedIn();
    const changes = { first_name: 'Grace', email: 'g@example.com', projects: ['navy'], username: `G-${nth}` };
    const changed = await update(user.id, changes);
    expect(changed).toEqual({ ...user, ...changes });
    expect(await get(user.id)).toEqual(changed);
    expect(await update(user.id, { projects: null })).toEqual({ ...changed, projects: null });
    expect(await update(user.id, {})).toEqual({ ...changed, projects: null });
    await expect(login(`g-${nth}`)).resolves.toBeDefined();
  });

  it('lets a new role and new projects hold in sessions that are open, at once', async () => {
    const user = await signedIn();
    await update(user.user.id, { role: 'viewer', projects: ['p1'] });
    expect((await view(user.session))?.principal).toMatchObject({ role: 'viewer', projects: ['p1'] });
    await told(user.session);
  });

  it.each([
    ['a new password', { password: OTHER }],
    ['a deactivation', { is_active: false }],
  ] as [string, UserChanges][])('ends every session with %s', async (_what, changes) => {
    const [user, stranger] = [await signedIn(), await signedIn()];
    const second = await login(user.user.username);
    await update(user.user.id, changes);
    expect(await view(user.session)).toBeNull();
    await told(user.session);
    for (const refresh of [user.refresh, second.refresh])
      await expect(
        refusal(auth.call(authOperations.refresh, { refresh, origin: HERE })),
      ).resolves.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await view(stranger.session)).not.toBeNull();
    await expect(refusal(login(user.user.username))).resolves.toMatchObject({ code: 'UNAUTHENTICATED' });
    await update(user.user.id, { is_active: true });
    expect(await view(user.session)).toBeNull();
    await expect(login(user.user.username, changes.password ?? PASSWORD)).resolves.toBeDefined();
  });

  it('leaves no session to a sign-in that races a new password', async () => {
    const { user } = await signedIn();
    const racing = Array.from({ length: 6 }, (_, i) =>
      login(user.username, PASSWORD, i % 2).catch(() => null),
    );
    await update(user.id, { password: OTHER });
    await Promise.all(racing);
    expect(await auth.sql('SELECT id FROM sessions WHERE user_id = $1', [user.id])).toEqual([]);
  });

  it('refuses a name that is taken, whoever else has it', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    await expect(
      refusal(update(one.user.id, { username: other.user.username.toUpperCase() })),
    ).resolves.toEqual({ code: 'CONFLICT', resource: 'user', messageKey: 'username_taken' });
    expect(await get(one.user.id)).toEqual(one.user);
  });

  it('names every field that is wrong, and changes nothing', async () => {
    const { user } = await signedIn();
    await expect(
      refusal(update(user.id, { first_name: 'x', username: '', role: 'root' as never })),
    ).resolves.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field: 'username' }, { field: 'role' }],
    });
    expect(await get(user.id)).toEqual(user);
  });

  it('deletes a user with all their sessions', async () => {
    const user = await signedIn();
    await expect(remove(user.user.id)).resolves.toEqual({ id: user.user.id, deleted: true });
    expect(await view(user.session)).toBeNull();
    await told(user.session);
    await expect(refusal(get(user.user.id))).resolves.toEqual(MISSING);
    await expect(refusal(remove(user.user.id))).resolves.toEqual(MISSING);
    await expect(refusal(login(user.user.username))).resolves.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([newId(), 'me', '', `' OR true --`])('knows no user %p', async (id) => {
    await expect(refusal(get(id))).resolves.toEqual(MISSING);
    await expect(refusal(update(id, { first_name: 'x' }))).resolves.toEqual(MISSING);
    await expect(refusal(remove(id))).resolves.toEqual(MISSING);
  });

  it.each(['integration_manager', 'member', 'viewer'] as const)('is not for a %s', async (role) => {
    const { user } = await signedIn();
    const principal: Principal = { ...ADMIN, role };
    const forbidden = { code: 'FORBIDDEN' };
    await expect(refusal(update(user.id, { role: 'admin' }, principal))).resolves.toEqual(forbidden);
    await expect(refusal(remove(user.id, principal))).resolves.toEqual(forbidden);
    await expect(refusal(auth.call(userOperations.get, { id: user.id }, { principal }))).resolves.toEqual(
      forbidden,
    );
  });

  describe('the last active administrator', () => {
    const admins = () => auth.sql<{ id: string }>(`SELECT id FROM users WHERE role = 'admin' AND is_active`);

    it('can be neither deleted, demoted nor deactivated, but otherwise changed', async () => {
      const [{ id } = { id: '' }, ...others] = await admins();
      expect(others).toEqual([]);
      await expect(refusal(remove(id))).resolves.toEqual(LAST);
      await expect(refusal(update(id, { role: 'member' }))).resolves.toEqual(LAST);
      await expect(refusal(update(id, { is_active: false }))).resolves.toEqual(LAST);
      await expect(update(id, { first_name: 'Root', role: 'admin' })).resolves.toMatchObject({
        role: 'admin',
      });
    });

    it('may go once there is another, but not both at once', async () => {
      const { user } = await signedIn('admin');
      const ids = (await admins()).map(({ id }) => id);
      expect(ids).toHaveLength(2);
      const outcomes = await Promise.allSettled(
        ids.map((id, i) => (i === 0 ? update(id, { role: 'member' }, ADMIN, 0) : remove(id, ADMIN, 1))),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await admins()).toHaveLength(1);
      await auth.sql(`UPDATE users SET role = 'admin', is_active = true WHERE username = 'admin'`);
      if ((await auth.sql(`SELECT 1 AS one FROM users WHERE username = 'admin'`)).length === 1)
        await auth.sql('DELETE FROM users WHERE id = $1', [user.id]);
    });
  });

  describe('one’s own password', () => {
    const change = (user: SignedInUser, current: string, next = OTHER, origin = HERE) =>
      auth.call(
        userOperations.changePassword,
        { current_password: current, new_password: next, origin },
        { principal: as(user) },
      );
    const wrong = {
      code: 'VALIDATION_FAILED',
      fields: [{ field: 'current_password', key: 'password_wrong' }],
    };

    it('needs the one in use, and ends every session', async () => {
      const user = await signedIn('viewer');
      await expect(refusal(change(user, OTHER))).resolves.toEqual(wrong);
      await expect(refusal(change(user, 'x'.repeat(100_000)))).resolves.toEqual(wrong);
      expect(await view(user.session)).not.toBeNull();
      await expect(change(user, PASSWORD)).resolves.toEqual({ changed: true });
      expect(await view(user.session)).toBeNull();
      await told(user.session);
      await expect(refusal(login(user.user.username))).resolves.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(login(user.user.username, OTHER)).resolves.toBeDefined();
    });

    it('must be long enough', async () => {
      const user = await signedIn();
      await expect(refusal(change(user, PASSWORD, 'short'))).resolves.toMatchObject({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'new_password', key: 'length' }],
      });
    });

    it('cannot be guessed any faster than at the sign-in, and guessing keeps nobody else out', async () => {
      const user = await signedIn();
      for (let i = 0; i < 5; i += 1) await expect(refusal(change(user, OTHER))).resolves.toEqual(wrong);
      await auth.waitLonger();
      await expect(refusal(change(user, OTHER))).resolves.toMatchObject({ code: 'RATE_LIMITED' });
      await expect(refusal(login(user.user.username))).resolves.toMatchObject({ code: 'RATE_LIMITED' });
      await expect(change(user, PASSWORD, OTHER, ELSEWHERE)).resolves.toEqual({ changed: true });
    });

    it('is no business of a key', async () => {
      const principal: Principal = {
        kind: 'api_key',
        id: newId(),
        name: 'k',
        scopes: ['admin'],
        projects: null,
      };
      const input = { current_password: PASSWORD, new_password: OTHER, origin: HERE };
      await expect(refusal(auth.call(userOperations.changePassword, input, { principal }))).resolves.toEqual(
        MISSING,
      );
    });

    it('is asked of an administrator who administers themselves', async () => {
      const admin = await signedIn('admin');
      const { id } = admin.user;
      await expect(refusal(update(id, { password: OTHER }, as(admin)))).resolves.toEqual({
        code: 'VALIDATION_FAILED',
        fields: [{ field: 'current_password', key: 'required' }],
      });
      await expect(
        refusal(update(id, { password: OTHER, current_password: OTHER }, as(admin))),
      ).resolves.toEqual(wrong);
      await expect(update(id, { password: OTHER, current_password: PASSWORD }, as(admin))).resolves.toEqual(
        admin.user,
      );
      expect(await view(admin.session)).toBeNull();
      await remove(id);
    });
  });
});
