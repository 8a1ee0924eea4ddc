import { randomUUID } from 'node:crypto';
import { useHub } from '../hub';
import { makeUser, MISSING } from './users';

const hub = useHub();

describe('GET /api/users/{id}/', () => {
  test('shows the user, without a password', async () => {
    const user = await makeUser(hub, { role: 'member', projects: ['project123'] });
    const answer = await hub.call('GET', `/api/users/${user.id}/`);
    expect(answer).toMatchObject({ status: 200, body: user.shown });
    expect(answer.text).not.toMatch(/password|argon2/i);
    expect(await hub.call('GET', `/api/users/${user.id}`)).toMatchObject({ status: 200, body: user.shown });
  });

  test.each([randomUUID(), 'x', '%20', '1'])('answers 404 for %p', async (id) => {
    expect(await hub.call('GET', `/api/users/${id}/`)).toMatchObject(MISSING);
  });

  test.each([
    ['integration_manager', 403],
    ['member', 403],
    ['viewer', 403],
    [null, 401],
  ] as const)('refuses %s', async (as, status) => {
    const { id } = await makeUser(hub);
    expect(await hub.call('GET', `/api/users/${id}/`, { as })).toMatchObject({ status });
  });
});
