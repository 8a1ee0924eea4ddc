import { randomUUID } from 'node:crypto';
import { useHub } from '../hub';
import { ID, TEXT, TIME } from '../samples';

const hub = useHub();
const user = (fields: Readonly<Record<string, unknown>> = {}) => ({
  username: `jane-${randomUUID()}`,
  password: 'correct horse battery staple',
  email: 'jane@example.com',
  ...fields,
});

describe('POST /api/users/', () => {
  test('makes a user who can sign in', async () => {
    const body = user({
      role: 'member',
      first_name: 'Jane',
      last_name: 'Doe',
      is_active: true,
      projects: ['project123'],
    });
    const { password, ...shown } = body;
    const answer = await hub.call('POST', '/api/users/', { body });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ ...shown, id: ID, date_joined: TIME });
    const { access } = await hub.signIn(body.username, password);
    expect(await hub.call('GET', '/api/users/me/', { as: { token: access } })).toMatchObject({ status: 200 });
  });

  test('fills in what is left out', async () => {
    expect(await hub.call('POST', '/api/users/', { body: user() })).toMatchObject({
      status: 201,
      body: { role: 'viewer', first_name: '', last_name: '', is_active: true, projects: null },
    });
  });

  test('an inactive user cannot sign in', async () => {
    const body = user({ is_active: false });
    await hub.call('POST', '/api/users/', { body });
    const answer = await hub.call('POST', '/api/auth/login/', {
      as: null,
      body: { username: body.username, password: body.password },
    });
    expect(answer).toMatchObject({ status: 401 });
  });

  test('a name is taken whatever its case', async () => {
    const body = user();
    await hub.call('POST', '/api/users/', { body });
    const answer = await hub.call('POST', '/api/users/', {
      body: { ...body, username: body.username.toUpperCase() },
    });
    expect(answer).toMatchObject({
      status: 409,
      body: { error: { code: 'RESOURCE_CONFLICT', message: 'The user name is taken' } },
    });
  });

  test.each([
    ['email', { email: 'jane' }],
    ['password', { password: 'short' }],
    ['role', { role: 'root' }],
    ['username', { username: ' ' }],
    ['username', { username: 'two\nlines' }],
    ['first_name', { first_name: 'a\u0007' }],
    ['last_name', { last_name: 'a\u0085' }],
    ['projects[1]', { projects: ['a', ''] }],
    ['projects[0]', { projects: [' '] }],
    ['projects[1]', { projects: ['a', 'b\n'] }],
    ['projects[0]', { projects: [7] }],
    ['is_superuser', { is_superuser: true }],
  ])('refuses a wrong %s and makes nobody', async (field, fields) => {
    const body = user(fields);
    const answer = await hub.call('POST', '/api/users/', { body });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { [field]: [TEXT] } } },
    });
    const { text } = await hub.call('GET', '/api/users/?page_size=100');
    expect(text).not.toContain(body.username.trim() || '" "');
  });

  test('says what is wrong in the published words of the published language', async () => {
    const { body } = await hub.call('POST', '/api/users/', {
      body: user({ email: 'jane' }),
      headers: { 'Accept-Language': 'zh-CN' },
    });
    expect(body).toMatchObject({ error: { details: { email: ['请输入有效的邮箱地址'] } } });
  });

  test.each([
    ['integration_manager', 403],
    ['member', 403],
    ['viewer', 403],
    [null, 401],
  ] as const)('refuses %s', async (as, status) => {
    expect(await hub.call('POST', '/api/users/', { as, body: user() })).toMatchObject({ status });
  });
});
