import { randomUUID } from 'node:crypto';
import { useHub } from '../hub';
import { TEXT } from '../samples';
import { makeUser, meStatus, MISSING, signInStatus } from './users';

const hub = useHub();
const NEW_PASSWORD = 'a new password';

describe.each(['PUT', 'PATCH'] as const)('%s /api/users/{id}/', (method) => {
  const change = (id: string, body: Readonly<Record<string, unknown>>, as?: { token: string }) =>
    hub.call(method, `/api/users/${id}/`, { body, ...(as && { as }) });

  test('changes what is given and leaves the rest', async () => {
    const user = await makeUser(hub, { role: 'member', projects: ['project123'] });
    const changes = {
      username: `janet-${randomUUID()}`,
      email: 'janet@example.com',
      first_name: 'Janet',
      last_name: 'Doe',
      role: 'viewer',
      projects: ['project124', 'project125'],
    };
    const changed = { ...user.shown, ...changes };
    expect(await change(user.id, changes)).toMatchObject({ status: 200, body: changed });
    expect(await change(user.id, { projects: null })).toMatchObject({
      status: 200,
      body: { ...changed, projects: null },
    });
    expect(await hub.call('GET', `/api/users/${user.id}/`)).toMatchObject({
      body: { ...changed, projects: null },
    });
  });

  test('a role holds from the next request on', async () => {
    const user = await makeUser(hub, { role: 'viewer' });
    const { access } = await hub.signIn(user.username, user.password);
    const list = () => hub.call('GET', '/api/users/', { as: { token: access } });
    expect(await list()).toMatchObject({ status: 403 });
    await change(user.id, { role: 'admin' });
    expect(await list()).toMatchObject({ status: 200 });
    await change(user.id, { role: 'member' });
    expect(await list()).toMatchObject({ status: 403 });
  });

  test('so does what a user is confined to', async () => {
    const user = await makeUser(hub, { role: 'member' });
    const { access } = await hub.signIn(user.username, user.password);
    await change(user.id, { projects: ['elsewhere'] });
    const webhook = { name: 'x', url: 'https://api.example.com/', events: ['*'], project_id: hub.project() };
    expect(
      await hub.call('POST', '/api/v1/webhooks', { as: { token: access }, body: webhook }),
    ).toMatchObject({ status: 404 });
  });

  test('a new password ends every session at once', async () => {
    const user = await makeUser(hub);
    const { access, refresh } = await hub.signIn(user.username, user.password);
    expect(await meStatus(hub, access)).toBe(200);
    expect(await change(user.id, { password: NEW_PASSWORD })).toMatchObject({
      status: 200,
      body: user.shown,
    });
    expect(await meStatus(hub, access)).toBe(401);
    const refreshed = await hub.call('POST', '/api/auth/refresh/', { as: null, body: { refresh } });
    expect(refreshed).toMatchObject({ status: 401 });
    expect(await signInStatus(hub, user.username, user.password)).toBe(401);
    expect(await signInStatus(hub, user.username, NEW_PASSWORD)).toBe(200);
  });

  test('a deactivated user is out at once, and back only by signing in', async () => {
    const user = await makeUser(hub);
    const { access } = await hub.signIn(user.username, user.password);
    expect(await change(user.id, { is_active: false })).toMatchObject({ body: { is_active: false } });
    expect(await meStatus(hub, access)).toBe(401);
    expect(await signInStatus(hub, user.username, user.password)).toBe(401);
    await change(user.id, { is_active: true });
    expect(await meStatus(hub, access)).toBe(401);
    expect(await signInStatus(hub, user.username, user.password)).toBe(200);
  });

  test('a name that is taken is a conflict', async () => {
    const [one, other] = [await makeUser(hub), await makeUser(hub)];
    expect(await change(one.id, { username: other.username.toUpperCase() })).toMatchObject({
      status: 409,
      body: { error: { code: 'RESOURCE_CONFLICT', message: 'The user name is taken' } },
    });
  });

  test('an administrator needs their own password to change it', async () => {
    const admin = await makeUser(hub, { role: 'admin' });
    const { access: token } = await hub.signIn(admin.username, admin.password);
    for (const body of [
      { password: NEW_PASSWORD },
      { password: NEW_PASSWORD, current_password: 'not this one' },
    ])
      expect(await change(admin.id, body, { token })).toMatchObject({
        status: 400,
        body: { error: { code: 'VALIDATION_ERROR', details: { current_password: [TEXT] } } },
      });
    const body = { password: NEW_PASSWORD, current_password: admin.password };
    expect(await change(admin.id, body, { token })).toMatchObject({ status: 200 });
    expect(await meStatus(hub, token)).toBe(401);
    expect(await signInStatus(hub, admin.username, NEW_PASSWORD)).toBe(200);
  });

  test.each([randomUUID(), 'me', 'x'])('answers 404 for %p', async (id) => {
    expect(await change(id, { first_name: 'x' })).toMatchObject(MISSING);
  });

  test.each([
    ['email', { email: 'jane' }],
    ['password', { password: 'short' }],
    ['role', { role: null }],
    ['id', { id: randomUUID() }],
    ['is_active', { is_active: 'yes' }],
  ])('refuses a wrong %s and changes nothing', async (field, changes) => {
    const user = await makeUser(hub);
    expect(await change(user.id, { first_name: 'Changed', ...changes })).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { [field]: [TEXT] } } },
    });
    expect(await hub.call('GET', `/api/users/${user.id}/`)).toMatchObject({ body: user.shown });
  });

  test.each([
    ['integration_manager', 403],
    ['member', 403],
    ['viewer', 403],
    [null, 401],
  ] as const)('refuses %s', async (as, status) => {
    const { id } = await makeUser(hub);
    const answer = await hub.call(method, `/api/users/${id}/`, { as, body: { role: 'admin' } });
    expect(answer).toMatchObject({ status });
  });
});
