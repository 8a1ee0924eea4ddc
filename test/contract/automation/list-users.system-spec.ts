import { useOwnHub } from '../own-hub';
import { TEXT } from '../samples';

interface Listed {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly { readonly username: string }[];
}

const hub = useOwnHub();

describe('GET /api/users/', () => {
  test('pages with absolute links that lead through every user', async () => {
    for (const role of ['member', 'viewer', 'integration_manager'] as const) await hub.user({ role });
    const seen: string[] = [];
    let url: string | null = '/api/users/?page_size=2';
    while (url !== null) {
      const { status, body }: { status: number; body: Listed } = await hub.call<Listed>('GET', url);
      expect(status).toBe(200);
      seen.push(...body.results.map(({ username }) => username));
      if (seen.length <= 2) expect(body.previous).toBeNull();
      else expect(body.previous).toMatch(/^http:\/\/.+\/api\/users\/\?.*page=\d+/);
      if (body.next === null) expect(seen).toHaveLength(body.count);
      else expect(body.next).toMatch(/^http:\/\/.+\/api\/users\/\?.*page=\d+/);
      url = body.next === null ? null : body.next.slice(new URL(body.next).origin.length);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(hub.adminUsername);
  });

  test('has 20 a page unless asked for more', async () => {
    const have = (await hub.call<Listed>('GET', '/api/users/?page_size=1')).body.count;
    for (let i = have; i < 21; i += 1) await hub.user({ role: 'viewer' });
    const { body } = await hub.call<Listed>('GET', '/api/users/');
    expect(body.results).toHaveLength(20);
    expect(body.previous).toBeNull();
    expect(body.next).toMatch(/^http:\/\/.+\/api\/users\/\?page=2$/);
    const beyond = await hub.call<Listed>('GET', '/api/users/?page=1000');
    expect(beyond.body).toMatchObject({ count: body.count, next: null, results: [] });
  });

  test('never shows a password', async () => {
    const { password } = await hub.user({ role: 'viewer' });
    const { text } = await hub.call('GET', '/api/users/?page_size=100');
    expect(text).not.toContain(password);
    expect(text).not.toMatch(/password|argon2/i);
  });

  test.each(['page=0', 'page_size=101', 'page_size=x'])('refuses ?%s', async (query) => {
    const { status, body } = await hub.call('GET', `/api/users/?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { code: 'VALIDATION_ERROR', details: { [query.split('=', 1)[0] ?? '']: [TEXT] } },
      path: '/api/users/',
    });
  });

  test.each([
    ['integration_manager', 403, 'PERMISSION_DENIED'],
    ['member', 403, 'PERMISSION_DENIED'],
    ['viewer', 403, 'PERMISSION_DENIED'],
    [null, 401, 'AUTHENTICATION_ERROR'],
  ] as const)('refuses %s', async (as, status, code) => {
    expect(await hub.call('GET', '/api/users/', { as })).toMatchObject({ status, body: { error: { code } } });
  });
});
