import { useHub } from '../hub';
import { TEXT } from '../samples';

interface Tokens {
  readonly data: { readonly accessToken: string; readonly refreshToken: string };
}

const hub = useHub();

describe('POST /api/v1/auth/refresh', () => {
  test('answers new tokens that work', async () => {
    const login = await hub.call<Tokens>('POST', '/api/v1/auth/login', {
      as: null,
      body: { secret: hub.adminSecret },
    });
    const { status, body } = await hub.call<Tokens>('POST', '/api/v1/auth/refresh', {
      as: null,
      body: { refreshToken: login.body.data.refreshToken },
    });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, data: { accessToken: TEXT, refreshToken: TEXT, expiresIn: 900 } });
    const token = body.data.accessToken;
    expect(await hub.call('GET', '/api/users/me/', { as: { token } })).toMatchObject({ status: 200 });
  });

  test('a session may be refreshed on another surface', async () => {
    const { username, password } = await hub.user({ role: 'viewer' });
    const { refresh } = await hub.signIn(username, password);
    const answer = await hub.call('POST', '/api/v1/auth/refresh', {
      as: null,
      body: { refreshToken: refresh },
    });
    expect(answer).toMatchObject({ status: 200 });
  });

  test('refuses a token that is none', async () => {
    const { status, body } = await hub.call('POST', '/api/v1/auth/refresh', {
      as: null,
      body: { refreshToken: 'eyJhbGciOiJIUzI1NiIs...' },
    });
    expect(status).toBe(401);
    expect(body).toEqual({ success: false, error: { code: 'UNAUTHORIZED', message: '刷新令牌无效' } });
  });

  test.each([{}, { refresh: 'S2’s name' }, { refreshToken: 1 }])('refuses %j', async (sent) => {
    const answer = await hub.call('POST', '/api/v1/auth/refresh', { as: null, body: sent });
    expect(answer).toMatchObject({
      status: 400,
      body: { success: false, error: { code: 'VALIDATION_ERROR' } },
    });
  });
});
