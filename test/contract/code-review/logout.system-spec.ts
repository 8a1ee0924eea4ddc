import { useHub } from '../hub';

const hub = useHub();

describe('POST /api/v1/auth/logout', () => {
  test.each([
    ['without a body', undefined],
    ['with an empty one', {}],
  ])('%s ends the session: both tokens stop working at once', async (_what, body) => {
    const { username, password } = await hub.user({ role: 'viewer' });
    const { access, refresh } = await hub.signIn(username, password);
    const as = { token: access };
    expect(await hub.call('GET', '/api/users/me/', { as })).toMatchObject({ status: 200 });
    const answer = await hub.call('POST', '/api/v1/auth/logout', { as, body });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ success: true, data: { loggedOut: true } });
    expect(await hub.call('GET', '/api/users/me/', { as })).toMatchObject({ status: 401 });
    const again = await hub.call('POST', '/api/v1/auth/refresh', {
      as: null,
      body: { refreshToken: refresh },
    });
    expect(again).toMatchObject({ status: 401 });
  });

  test('leaves the user’s other sessions alone', async () => {
    const { username, password } = await hub.user({ role: 'viewer' });
    const [one, two] = [await hub.signIn(username, password), await hub.signIn(username, password)];
    await hub.call('POST', '/api/v1/auth/logout', { as: { token: one.access } });
    expect(await hub.call('GET', '/api/users/me/', { as: { token: two.access } })).toMatchObject({
      status: 200,
    });
  });

  test('asks for a credential', async () => {
    const { status, body } = await hub.call('POST', '/api/v1/auth/logout', { as: null });
    expect(status).toBe(401);
    expect(body).toEqual({ success: false, error: { code: 'UNAUTHORIZED', message: '未认证或认证失效' } });
  });
});
