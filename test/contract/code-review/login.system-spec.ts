import { useHub } from '../hub';
import { TEXT } from '../samples';

interface Tokens {
  readonly data: { readonly accessToken: string };
}

const hub = useHub();

describe('POST /api/v1/auth/login', () => {
  test('answers the published fields, and the token is the administrator’s', async () => {
    const { status, body } = await hub.call<Tokens>('POST', '/api/v1/auth/login', {
      as: null,
      body: { secret: hub.adminSecret },
    });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, data: { accessToken: TEXT, refreshToken: TEXT, expiresIn: 900 } });
    const me = await hub.call('GET', '/api/users/me/', { as: { token: body.data.accessToken } });
    expect(me).toMatchObject({ status: 200, body: { username: hub.adminUsername, role: 'admin' } });
  });

  test.each([
    [undefined, '用户名、密码或密钥错误'],
    ['en', 'The credentials are wrong'],
  ])('refuses a wrong secret, in the language %s', async (language, message) => {
    const { status, body } = await hub.call('POST', '/api/v1/auth/login', {
      as: null,
      body: { secret: 'your-admin-secret' },
      headers: language === undefined ? {} : { 'Accept-Language': language },
    });
    expect(status).toBe(401);
    expect(body).toEqual({ success: false, error: { code: 'UNAUTHORIZED', message } });
  });

  test.each([{}, { secret: 1 }, { secret: null }, { secret: '' }, { secret: 'x'.repeat(257) }])(
    'refuses %j, naming the field',
    async (sent) => {
      const { status, body } = await hub.call('POST', '/api/v1/auth/login', { as: null, body: sent });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        success: false,
        error: { code: 'VALIDATION_ERROR', details: [{ field: 'secret', message: TEXT }] },
      });
    },
  );

  test('an idempotency key keeps no tokens: each sign-in is its own', async () => {
    const options = {
      as: null,
      body: { secret: hub.adminSecret },
      headers: { 'Idempotency-Key': 'the same' },
    };
    const first = await hub.call<Tokens>('POST', '/api/v1/auth/login', options);
    const second = await hub.call<Tokens>('POST', '/api/v1/auth/login', options);
    expect(second.status).toBe(200);
    expect(second.headers.get('Idempotent-Replayed')).toBeNull();
    expect(second.body.data.accessToken).not.toBe(first.body.data.accessToken);
  });
});
