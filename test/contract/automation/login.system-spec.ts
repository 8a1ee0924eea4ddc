import { curl } from '../curl';
import { useHub } from '../hub';
import { ID, TEXT, TIME } from '../samples';

const hub = useHub();
const JWT: unknown = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);

describe('POST /api/auth/login/', () => {
  test('the published curl line answers the published fields', async () => {
    const { status, body } = await curl(
      `curl -X POST http://localhost:8000/api/auth/login/ \\
        -H "Content-Type: application/json" \\
        -d '{
          "username": "admin",
          "password": "admin123"
        }'`,
      hub.url,
      { admin123: hub.adminPassword, '"admin"': JSON.stringify(hub.adminUsername) },
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      access: JWT,
      refresh: TEXT,
      user: { id: ID, username: hub.adminUsername, email: expect.any(String) as unknown },
    });
  });

  test('the published one-line curl works, and so does a list with its token', async () => {
    const { body } = await curl<{ access: string }>(
      `curl -s -X POST http://localhost:8000/api/auth/login/ \\
        -H "Content-Type: application/json" \\
        -d '{"username":"admin","password":"admin123"}'`,
      hub.url,
      { admin123: hub.adminPassword, '"admin"': JSON.stringify(hub.adminUsername) },
    );
    const { status } = await curl(
      `curl -H "Authorization: Bearer $TOKEN" http://localhost:8000/api/users/`,
      hub.url,
      {
        $TOKEN: body.access,
      },
    );
    expect(status).toBe(200);
  });

  test.each([
    ['a wrong password', (name: string) => ({ username: name, password: 'wrong password' })],
    ['an unknown user', () => ({ username: 'nobody', password: 'wrong password' })],
  ])('%s is refused, saying no more than that', async (_what, credentials) => {
    const { status, body } = await hub.call('POST', '/api/auth/login/', {
      as: null,
      body: credentials(hub.adminUsername),
    });
    expect(status).toBe(401);
    expect(body).toEqual({
      error: { code: 'AUTHENTICATION_ERROR', message: 'The credentials are wrong', details: {} },
      timestamp: TIME,
      path: '/api/auth/login/',
    });
  });

  test.each([
    ['no password', { username: 'admin' }, ['password']],
    ['nothing', {}, ['username', 'password']],
    ['a number for a name', { username: 1, password: 'x' }, ['username']],
    ['an unknown field', { username: 'a', password: 'b', remember: true }, ['remember']],
  ])('refuses %s, naming each field', async (_what, sent, fields) => {
    const { status, body } = await hub.call<{ error: { code: string; details: Record<string, string[]> } }>(
      'POST',
      '/api/auth/login/',
      { as: null, body: sent, headers: { 'Accept-Language': 'zh-CN' } },
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { code: 'VALIDATION_ERROR', message: '请求数据验证失败' },
      path: '/api/auth/login/',
    });
    expect(Object.keys(body.error.details).sort()).toEqual(fields.sort());
  });

  test('is limited per address', async () => {
    const { status, headers } = await hub.call('POST', '/api/auth/login/', { as: null, body: {} });
    expect(status).toBe(400);
    expect(headers.get('X-RateLimit-Limit')).toMatch(/^\d+$/);
  });
});
