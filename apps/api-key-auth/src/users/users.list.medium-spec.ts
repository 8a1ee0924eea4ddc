import { userOperations, type Principal, type UserView } from '@signalbox/contracts';
import { ADMIN, refusal, RunningAuth } from '../running-auth-for-spec';

describe('users.list', () => {
  let auth: RunningAuth;
  const made: UserView[] = [];
  const list = (page: number, size: number, principal: Principal = ADMIN) =>
    auth.call(userOperations.list, { page, size }, { principal });

  beforeAll(async () => {
    auth = await RunningAuth.start();
    for (const username of ['a', 'b', 'c', 'd'])
      made.push(await auth.call(userOperations.create, { username, password: 'correct horse', email: '' }));
  }, 60_000);

  afterAll(() => auth.stop());

  it('answers pages, oldest first', async () => {
    const first = await list(1, 2);
    expect(first).toMatchObject({ total: 5, page: 1, size: 2 });
    expect(first.items.map(({ username }) => username)).toEqual(['admin', 'a']);
    expect((await list(2, 2)).items).toEqual(made.slice(1, 3));
    expect((await list(3, 2)).items).toEqual(made.slice(3));
    await expect(list(4, 2)).resolves.toEqual({ items: [], total: 5, page: 4, size: 2 });
  });

  it('shows no password hash', async () => {
    expect(JSON.stringify(await list(1, 100))).not.toMatch(/argon2|password/);
  });

  it('refuses a page beyond reason', async () => {
    await expect(refusal(list(Number.MAX_SAFE_INTEGER, 100))).resolves.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field: 'page', key: 'max' }],
    });
  });

  it('is for admins', async () => {
    await expect(refusal(list(1, 2, { ...ADMIN, role: 'member' }))).resolves.toEqual({ code: 'FORBIDDEN' });
  });
});
