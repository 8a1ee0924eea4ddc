import { SURFACE_NAMES, type SurfaceName } from '../surfaces';
import { probesAt } from './probe-surfaces-for-spec';
import { RunningGateway } from './running-gateway-for-spec';

const text = expect.stringMatching(/\S/) as string;
const seconds = expect.any(Number) as number;

const REFUSED: Record<SurfaceName, object> = {
  'integration-service': { code: 'F40029', msg: text, content: null },
  administration: { success: false, error: { code: 'RATE_LIMITED', message: text, retryAfter: seconds } },
  automation: { error: { code: 'RATE_LIMIT_EXCEEDED', message: text } },
  'integration-management': { detail: text },
  'code-review': { success: false, error: { code: 'RATE_LIMITED', message: text, retryAfter: seconds } },
};
const TURNED_AWAY: Record<SurfaceName, object> = {
  'integration-service': { code: 'F40003', msg: text, content: null },
  administration: { success: false, error: { code: 'FORBIDDEN', message: text } },
  automation: { error: { code: 'PERMISSION_DENIED', message: text } },
  'integration-management': { detail: text },
  'code-review': { success: false, error: { code: 'FORBIDDEN', message: text } },
};

/** Runs `test` against a gateway of its own. */
async function withGateway(
  variables: Readonly<Record<string, string>>,
  test: (hub: RunningGateway) => Promise<void>,
): Promise<void> {
  const hub = await RunningGateway.start(variables);
  try {
    await test(hub);
  } finally {
    await hub.stop();
  }
}

describe('limits at the door (counted in memory)', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start({
      LIMIT_USER_PER_MINUTE: '2',
      LIMIT_READ_PER_MINUTE: '2',
      LIMIT_WRITE_PER_MINUTE: '1',
      LIMIT_AUTH_PER_MINUTE: '1',
      TRUST_PROXY: '127.0.0.1',
    });
  });
  afterAll(() => hub.stop());
  let last = 0;
  const from = (address = `203.0.113.${(last += 1)}`) => ({ headers: { 'x-forwarded-for': address } });

  it.each(SURFACE_NAMES)('%s: the third of two is refused, and told for how long', async (surface) => {
    const { token } = hub.signIn();
    const path = `${probesAt(surface)}/items/1`;
    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(await hub.fetch(path, { token }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['1', '0', '0']);
    const [first, , third] = answers;
    expect(first?.headers.get('retry-after')).toBeNull();
    const name = surface === 'code-review' ? 'read' : 'user';
    expect(third?.headers.get('ratelimit-policy')).toBe(`"${name}";q=2;w=60`);
    const wait = third?.headers.get('retry-after');
    expect(Number(wait)).toBeGreaterThan(50);
    expect(third?.headers.get('ratelimit')).toBe(`"${name}";r=0;t=${wait}`);
    expect(await third?.json()).toMatchObject(REFUSED[surface]);
  });

  it('one client’s limit is not another’s, behind a trusted proxy too', async () => {
    const path = `${probesAt('administration')}/public`;
    const one = from();
    const statuses = [];
    for (const client of [one, one, one, from()]) statuses.push((await hub.fetch(path, client)).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  it('guessing credentials is limited as well', async () => {
    const client = from();
    const guess = () =>
      hub.fetch(`${probesAt('administration')}/admin`, {
        headers: { ...client.headers, authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA' },
      });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await guess()).status);
    expect(statuses).toEqual([401, 401, 429]);
  });

  it('sign-ins have a limit of their own, health has none', async () => {
    const client = from();
    const signIn = () => hub.fetch(`${probesAt('code-review')}/sign-in`, { method: 'POST', ...client });
    expect([(await signIn()).status, (await signIn()).status]).toEqual([200, 429]);
    const path = `${probesAt('code-review')}`;
    for (const route of ['public', 'public']) await hub.fetch(`${path}/${route}`, client);
    expect((await hub.fetch(`${path}/public`, client)).status).toBe(429);
    const health = await hub.fetch(`${path}/health`, client);
    expect([health.status, health.headers.get('x-ratelimit-remaining')]).toEqual([200, '0']);
  });

  it('a path that nobody serves counts, whatever it is', async () => {
    const client = from();
    const statuses = [];
    for (const path of ['/nope', '/%zz', '/nope']) statuses.push((await hub.fetch(path, client)).status);
    expect(statuses).toEqual([404, 400, 429]);
  });

  it('what everybody may do together is bounded', () =>
    withGateway({ LIMIT_GLOBAL_PER_SECOND: '5' }, async (narrow) => {
      const path = `${probesAt('administration')}/public`;
      const answers = await Promise.all(Array.from({ length: 20 }, () => narrow.fetch(path)));
      const refused = answers.filter(({ status }) => status === 429);
      // The machine may take longer than a second for all twenty.
      expect(refused.length).toBeGreaterThan(0);
      expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"global";q=5;w=1');
      expect(refused[0]?.headers.get('retry-after')).toBe('1');
    }));
});

describe('addresses that may not call', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start({
      LIMIT_READ_PER_MINUTE: '30',
      TRUST_PROXY: '127.0.0.1',
      IP_ALLOW: '203.0.113.0/24,2001:db8::/32',
      IP_DENY: '203.0.113.128/25',
    });
  });
  afterAll(() => hub.stop());
  const ask = (path: string, address?: string) =>
    hub.fetch(path, { headers: { 'accept-language': 'en', ...(address && { 'x-forwarded-for': address }) } });

  it.each(SURFACE_NAMES)('%s answers them in its own shape', async (surface) => {
    const path = `${probesAt(surface)}/public`;
    const response = await ask(path, '203.0.113.200');
    expect(response.status).toBe(403);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject(TURNED_AWAY[surface]);
    expect(body).toContain('Requests from this address are not taken');
    expect(response.headers.get('x-ratelimit-limit')).not.toBeNull();
    expect((await ask(path, '2001:db8::7')).status).toBe(200);
  });

  it('bars every path, good credentials or not, and counts nothing', async () => {
    const { token } = hub.signIn();
    const headers = { 'x-forwarded-for': '198.51.100.1' };
    const paths = ['/nope', '/%zz', '/health/live', `${probesAt('administration')}/items/1`];
    for (let round = 0; round < 3; round += 1) {
      for (const path of paths) {
        const response = await hub.fetch(path, { token, headers });
        expect([path, response.status]).toEqual([path, 403]);
        expect(response.headers.get('x-ratelimit-remaining')).toBe('30');
      }
    }
  });

  it('believes a client about his address only through a trusted proxy', async () => {
    // The proxy's own address is not on the list.
    expect((await ask('/nope')).status).toBe(403);
    // What the client wrote himself comes before what the proxy adds.
    expect((await ask('/nope', '203.0.113.5, 198.51.100.1')).status).toBe(403);
    expect((await ask('/nope', '198.51.100.1, 203.0.113.5')).status).toBe(404);
    // Nor does it matter that nobody could read the path.
    expect((await ask('/%zz', '203.0.113.5')).status).toBe(400);
    expect((await ask('/%zz', '203.0.113.200')).status).toBe(403);
    await withGateway({ IP_ALLOW: '203.0.113.0/24' }, async (untrusting) => {
      const headers = { 'x-forwarded-for': '203.0.113.5' };
      expect((await untrusting.fetch('/nope', { headers })).status).toBe(403);
    });
  });
});
