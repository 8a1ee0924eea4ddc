import { curl } from '../curl';
import { useHub } from '../hub';
import { TEXT } from '../samples';

interface Pair {
  readonly access: string;
  readonly refresh: string;
}

const hub = useHub();
const CURL = `curl -X POST http://localhost:8000/api/auth/refresh/ \\
  -H "Content-Type: application/json" \\
  -d '{
    "refresh": "your-refresh-token"
  }'`;

async function member(): Promise<Pair> {
  const { username, password } = await hub.user({ role: 'member' });
  return await hub.signIn(username, password);
}

describe('POST /api/auth/refresh/', () => {
  test('the published curl line answers a new pair that works', async () => {
    const { refresh } = await member();
    const { status, body } = await curl<Pair>(CURL, hub.url, { 'your-refresh-token': refresh });
    expect(status).toBe(200);
    expect(body).toEqual({ access: TEXT, refresh: TEXT });
    expect(body.refresh).not.toBe(refresh);
    expect(await hub.call('GET', '/api/users/me/', { as: { token: body.access } })).toMatchObject({
      status: 200,
    });
  });

  test('a spent token ends the whole family', async () => {
    const first = await member();
    const { body: second } = await hub.call<Pair>('POST', '/api/auth/refresh/', {
      as: null,
      body: { refresh: first.refresh },
    });
    const reuse = await hub.call('POST', '/api/auth/refresh/', {
      as: null,
      body: { refresh: first.refresh },
      headers: { 'User-Agent': 'a thief' },
    });
    expect(reuse).toMatchObject({ status: 401, body: { error: { code: 'AUTHENTICATION_ERROR' } } });
    for (const { refresh } of [first, second]) {
      const answer = await hub.call('POST', '/api/auth/refresh/', { as: null, body: { refresh } });
      expect(answer).toMatchObject({ status: 401 });
    }
    for (const { access } of [first, second]) {
      expect(await hub.call('GET', '/api/users/me/', { as: { token: access } })).toMatchObject({
        status: 401,
      });
    }
  });

  test('repeated at once by the same client gets the same pair again', async () => {
    const { refresh } = await member();
    const options = { as: null, body: { refresh } } as const;
    const first = await hub.call<Pair>('POST', '/api/auth/refresh/', options);
    const second = await hub.call<Pair>('POST', '/api/auth/refresh/', options);
    expect(second.status).toBe(200);
    expect(second.body.refresh).toBe(first.body.refresh);
  });

  test.each([
    ['an access token', (pair: Pair) => pair.access],
    ['no token at all', () => 'your-refresh-token'],
  ])('%s is refused', async (_what, token) => {
    const answer = await hub.call('POST', '/api/auth/refresh/', {
      as: null,
      body: { refresh: token(await member()) },
    });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'AUTHENTICATION_ERROR' } } });
  });

  test.each([{}, { refresh: 1 }, { refresh: null }, { refresh: '' }])('refuses %j', async (body) => {
    const answer = await hub.call('POST', '/api/auth/refresh/', { as: null, body });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { refresh: [TEXT] } } },
    });
  });
});
