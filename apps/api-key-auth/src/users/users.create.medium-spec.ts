import { authOperations, userOperations, type Principal, type UserInput } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { ADMIN, HERE, refusal, RunningAuth } from '../running-auth-for-spec';

const PASSWORD = 'correct horse';
const TAKEN = { code: 'CONFLICT', resource: 'user', messageKey: 'username_taken' };

describe('users.create', () => {
  let auth: RunningAuth;
  let nth = 0;
  const fresh = (): UserInput => ({ username: `user-${++nth}`, password: PASSWORD, email: 'u@example.com' });
  const create = (input: UserInput, idempotencyId?: string, principal: Principal = ADMIN, replica = 0) =>
    auth.call(userOperations.create, input, { principal, idempotencyId }, replica);
  const count = async () => (await auth.sql('SELECT id FROM users')).length;

  beforeAll(async () => {
    auth = await RunningAuth.start();
    await auth.addReplica();
  }, 60_000);

  afterAll(() => auth.stop());

  it('answers the user, who can sign in then', async () => {
    const input: UserInput = {
      username: 'Grace',
      password: PASSWORD,
      email: 'grace@example.com',
      role: 'member',
      first_name: 'Grace',
      last_name: 'Hopper',
      is_active: true,
      projects: ['navy'],
    };
    const { password, ...shown } = input;
    const user = await create(input);
    expect(user).toEqual({
      ...shown,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
      date_joined: expect.stringMatching(/Z$/) as string,
    });
    const signedIn = await auth.call(authOperations.login, { username: 'grace', password, origin: HERE });
    expect(signedIn.user).toEqual(user);
  });

  it('gives the least where nothing is said', async () => {
    await expect(create(fresh())).resolves.toMatchObject({
      role: 'viewer',
      is_active: true,
      projects: null,
      first_name: '',
      last_name: '',
    });
  });

  it('stores an Argon2id hash and not the password', async () => {
    const { id } = await create(fresh());
    const [row] = await auth.sql<{ password_hash: string }>('SELECT * FROM users WHERE id = $1', [id]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/);
    expect(JSON.stringify(row)).not.toContain(PASSWORD);
  });

  it('refuses a name that is taken, in whatever case', async () => {
    const input = fresh();
    await create(input);
    const before = await count();
    for (const username of [
      input.username,
      input.username.toUpperCase(),
      input.username.replace('u', '\uff55'),
    ])
      await expect(refusal(create({ ...fresh(), username }))).resolves.toEqual(TAKEN);
    expect(await count()).toBe(before);
  });

  it('creates one of many at once', async () => {
    const { username } = fresh();
    const results = await Promise.allSettled(
      [0, 1, 0, 1, 0].map((replica) => create({ ...fresh(), username }, undefined, ADMIN, replica)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await auth.sql('SELECT id FROM users WHERE username = $1', [username])).toHaveLength(1);
  });

  it('answers the existing one when the same request runs again', async () => {
    const [input, id] = [fresh(), newId()];
    const user = await create(input, id);
    expect(user.id).toBe(id);
    await expect(create(input, id, ADMIN, 1)).resolves.toEqual(user);
    await expect(refusal(create(input, newId()))).resolves.toEqual(TAKEN);
  });

  it('answers one user when the same request runs many times at once', async () => {
    const [input, id] = [fresh(), newId()];
    const users = await Promise.all([0, 1, 0, 1].map((replica) => create(input, id, ADMIN, replica)));
    for (const user of users) expect(user).toEqual(users[0]);
  });

  it.each([
    ['integration_manager', { ...ADMIN, role: 'integration_manager' }],
    ['member', { ...ADMIN, role: 'member' }],
    ['key', { kind: 'api_key', id: 'k', name: 'k', scopes: ['write'], projects: null }],
  ] as [string, Principal][])('is not for a %s', async (_who, principal) => {
    const input = fresh();
    await expect(refusal(create(input, undefined, principal))).resolves.toEqual({ code: 'FORBIDDEN' });
    expect(await auth.sql('SELECT id FROM users WHERE username = $1', [input.username])).toEqual([]);
  });

  it('names every field that is wrong, and stores nothing', async () => {
    const before = await count();
    const wrong = { ...fresh(), username: 'a\0b', password: 'short', role: 'root' as never };
    await expect(refusal(create(wrong))).resolves.toEqual({
      code: 'VALIDATION_FAILED',
      fields: [
        { field: 'username', key: 'control_character' },
        { field: 'password', key: 'length', params: { min: 8, max: 256 } },
        { field: 'role', key: 'one_of', params: { values: 'admin, integration_manager, member, viewer' } },
      ],
    });
    expect(await count()).toBe(before);
  });
});
