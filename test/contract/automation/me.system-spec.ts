import { useHub } from '../hub';
import { ID, TEXT, TIME } from '../samples';

const hub = useHub();

describe('GET /api/users/me/', () => {
  test.each(['/api/users/me/', '/api/users/me'])('%s answers the published fields', async (path) => {
    const { status, body } = await hub.call('GET', path);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: ID,
      username: hub.adminUsername,
      email: expect.any(String) as unknown,
      first_name: expect.any(String) as unknown,
      last_name: expect.any(String) as unknown,
      role: 'admin',
      is_active: true,
      projects: null,
      date_joined: TIME,
    });
  });

  test('answers every role about itself', async () => {
    const { username, token } = await hub.user({ role: 'viewer', projects: ['project123'] });
    const { body } = await hub.call('GET', '/api/users/me/', { as: { token } });
    expect(body).toMatchObject({ username, role: 'viewer', projects: ['project123'] });
  });

  test.each([
    ['without a credential', {}],
    ['with a token that is none', { Authorization: 'Bearer nonsense' }],
    ['with another scheme', { Authorization: 'Basic YWRtaW46YWRtaW4=' }],
  ])('%s is a 401', async (_what, headers) => {
    const { status, body } = await hub.call('GET', '/api/users/me/', { as: null, headers });
    expect(status).toBe(401);
    expect(body).toEqual({
      error: { code: 'AUTHENTICATION_ERROR', message: TEXT, details: {} },
      timestamp: TIME,
      path: '/api/users/me/',
    });
  });
});
