import { randomUUID } from 'node:crypto';
import { useOwnHub } from '../own-hub';
import { makeUser, meStatus, MISSING, signInStatus } from './users';

const hub = useOwnHub();

interface Listed {
  readonly results: readonly { readonly id: string; readonly role: string; readonly is_active: boolean }[];
}

describe('DELETE /api/users/{id}/', () => {
  test('answers nothing, and the user is out at once', async () => {
    const user = await makeUser(hub);
    const { access, refresh } = await hub.signIn(user.username, user.password);
    expect(await meStatus(hub, access)).toBe(200);
    const answer = await hub.call('DELETE', `/api/users/${user.id}/`);
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(await meStatus(hub, access)).toBe(401);
    const refreshed = await hub.call('POST', '/api/auth/refresh/', { as: null, body: { refresh } });
    expect(refreshed).toMatchObject({ status: 401 });
    expect(await signInStatus(hub, user.username, user.password)).toBe(401);
    expect(await hub.call('GET', `/api/users/${user.id}/`)).toMatchObject(MISSING);
    expect(await hub.call('DELETE', `/api/users/${user.id}/`)).toMatchObject(MISSING);
  });

  test('the last active administrator stays one', async () => {
    const { body } = await hub.call<Listed>('GET', '/api/users/?page_size=100');
    const admins = body.results.filter(({ role, is_active }) => role === 'admin' && is_active);
    expect(admins).toHaveLength(1);
    const path = `/api/users/${admins[0]?.id ?? ''}/`;
    for (const [method, change] of [
      ['DELETE', undefined],
      ['PATCH', { role: 'member' }],
      ['PUT', { is_active: false }],
    ] as const)
      expect(await hub.call(method, path, { body: change })).toMatchObject({
        status: 409,
        body: {
          error: { code: 'RESOURCE_CONFLICT', message: 'There must be an active administrator left' },
        },
      });
    expect(await hub.call('GET', path)).toMatchObject({ body: { role: 'admin', is_active: true } });
  });

  test.each([randomUUID(), 'me', 'x'])('answers 404 for %p', async (id) => {
    expect(await hub.call('DELETE', `/api/users/${id}/`)).toMatchObject(MISSING);
  });

  test.each([
    ['integration_manager', 403],
    ['member', 403],
    ['viewer', 403],
    [null, 401],
  ] as const)('refuses %s', async (as, status) => {
    const { id } = await makeUser(hub);
    expect(await hub.call('DELETE', `/api/users/${id}/`, { as })).toMatchObject({ status });
    expect(await hub.call('GET', `/api/users/${id}/`)).toMatchObject({ status: 200 });
  });
});
