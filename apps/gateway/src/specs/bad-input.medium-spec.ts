import { until } from '@signalbox/testing';
import { SURFACE_NAMES, type SurfaceName } from '../surfaces';
import { probesAt, reached } from './probe-surfaces-for-spec';
import { RunningGateway, type SignedIn } from './running-gateway-for-spec';

const MEBIBYTE = 1024 * 1024;

type Detailed = { details?: { field: string }[] } | null;

/** What the surface says of the field at fault. */
function fieldsOf(surface: SurfaceName, body: Record<string, unknown>): string {
  const listed = (holder: string) => (body[holder] as Detailed)?.details?.map(({ field }) => field);
  const shapes: Record<SurfaceName, () => unknown> = {
    'integration-service': () => listed('content'),
    administration: () => listed('error'),
    automation: () => Object.keys((body.error as { details: object }).details),
    'integration-management': () => body.detail,
    'code-review': () => listed('error'),
  };
  return JSON.stringify(shapes[surface]() ?? null);
}

describe('bad input (services in memory)', () => {
  let hub: RunningGateway;
  let admin: SignedIn;
  beforeAll(async () => {
    hub = await RunningGateway.start();
    admin = hub.signIn();
  });
  afterAll(() => hub.stop());
  beforeEach(() => {
    reached.count = 0;
  });

  const post = (surface: SurfaceName, body: string | Buffer, headers: Record<string, string> = {}) =>
    hub.fetch(probesAt(surface), {
      method: 'POST',
      body: body as string,
      token: admin.token,
      headers: { 'content-type': 'application/json', ...headers },
    });

  const nested = `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const bodies: [string, string | Buffer, 'malformed' | 'invalid', string][] = [
    ['text that is no JSON', '{"name": }', 'malformed', 'name'],
    ['JSON that ends early', '{"name": "a"', 'malformed', ''],
    ['a second value', '{"name":"a"} {}', 'malformed', ''],
    ['10 000 nested arrays', nested, 'malformed', 'name'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'malformed', ''],
    ['half a surrogate pair', '{"name":"\\ud800"}', 'malformed', 'name'],
    ['a key given twice', '{"name":"a","name":"b"}', 'malformed', 'name'],
    ['__proto__', '{"name":"a","__proto__":{"is_active":false}}', 'invalid', '__proto__'],
    ['constructor', '{"name":"a","constructor":{"name":"b"}}', 'invalid', 'constructor'],
    ['hasOwnProperty', '{"name":"a","hasOwnProperty":1}', 'invalid', 'hasOwnProperty'],
    [
      'toString inside',
      '{"name":"a","retry_config":{"max_retries":1,"toString":1}}',
      'invalid',
      'retry_config.toString',
    ],
    ['a NUL character', '{"name":"a\\u0000b"}', 'invalid', 'name'],
    ['an unknown field', '{"name":"a","nmae":"b"}', 'invalid', 'nmae'],
    ['a list', '[]', 'invalid', 'body'],
    ['a string', '"name"', 'invalid', 'body'],
    ['null', 'null', 'invalid', 'body'],
    ['nothing', '', 'invalid', 'name'],
  ];

  it.each(SURFACE_NAMES.flatMap((surface) => bodies.map((rest) => [surface, ...rest] as const)))(
    '%s refuses %s',
    async (surface, _what, body, kind, field) => {
      const response = await post(surface, body);
      expect(response.status).toBe(kind === 'invalid' && surface === 'integration-service' ? 422 : 400);
      expect(fieldsOf(surface, (await response.json()) as Record<string, unknown>)).toContain(field);
      expect(reached.count).toBe(0);
    },
  );

  it.each([
    ['name', { name: 5 }],
    ['name', { name: null }],
    ['name', { name: '' }],
    ['name', { name: '  \t' }],
    ['name', { name: 'two\nlines' }],
    ['name', { name: 'a\u009fb' }],
    ['name', { name: 'x'.repeat(256) }],
    ['url', { name: 'a', url: 'ftp://example.com/' }],
    ['url', { name: 'a', url: 'example.com' }],
    ['url', { name: 'a', url: 'http://user:pw@example.com/' }],
    ['url', { name: 'a', url: 'javascript:alert(1)' }],
    ['url', { name: 'a', url: 'http:///example.com/' }],
    ['url', { name: 'a', url: 'http:\\\\example.com/' }],
    ['url', { name: 'a', url: 'http://example.com:0/' }],
    ['url', { name: 'a', url: 'http://example.com:65536/' }],
    ['url', { name: 'a', url: ' http://example.com/' }],
    ['url', { name: 'a', url: `https://example.com/${'x'.repeat(2048)}` }],
    ['url', { name: 'a', url: null }],
    ['events', { name: 'a', events: 'task.created' }],
    ['events', { name: 'a', events: {} }],
    ['events', { name: 'a', events: [] }],
    ['events', { name: 'a', events: ['a.b', 'a.c', 'a.d', 'a.e'] }],
    ['events', { name: 'a', events: ['a.b', 'a.b'] }],
    ['events[1]', { name: 'a', events: ['task.created', 'Task Created'] }],
    ['events[0]', { name: 'a', events: [5] }],
    ['events[2]', { name: 'a', events: ['*', 'task.*', 'task.**'] }],
    ['headers', { name: 'a', headers: [] }],
    ['headers', { name: 'a', headers: { 'x y': 'a' } }],
    ['headers', { name: 'a', headers: { x: 5 } }],
    ['headers', { name: 'a', headers: { 'X-One': '1', 'x-one': '2' } }],
    ['headers', { name: 'a', headers: { x: 'a\r\nSet-Cookie: b' } }],
    ['is_active', { name: 'a', is_active: 'true' }],
    ['is_active', { name: 'a', is_active: 1 }],
    ['is_active', { name: 'a', is_active: null }],
    ['retry_config', { name: 'a', retry_config: null }],
    ['retry_config', { name: 'a', retry_config: [] }],
    ['retry_config', { name: 'a', retry_config: [{ max_retries: 1 }] }],
    ['retry_config.max_retries', { name: 'a', retry_config: {} }],
    ['retry_config.max_retries', { name: 'a', retry_config: { max_retries: '5' } }],
    ['retry_config.max_retries', { name: 'a', retry_config: { max_retries: 1.5 } }],
    ['retry_config.max_retries', { name: 'a', retry_config: { max_retries: -1 } }],
    ['retry_config.max_retries', { name: 'a', retry_config: { max_retries: 21 } }],
    ['retry_config.extra', { name: 'a', retry_config: { max_retries: 1, extra: 1 } }],
    ['steps', { name: 'a', steps: { 0: { name: 'a' } } }],
    ['steps', { name: 'a', steps: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }],
    ['steps[1]', { name: 'a', steps: [{ name: 'a' }, 'b'] }],
    ['steps[1]', { name: 'a', steps: [{ name: 'a' }, null] }],
    ['steps[0]', { name: 'a', steps: [[]] }],
    ['steps[1].name', { name: 'a', steps: [{ name: 'a' }, {}] }],
    ['steps[0].extra', { name: 'a', steps: [{ name: 'a', extra: 1 }] }],
    ['settings', { name: 'a', settings: 'x' }],
    ['settings', { name: 'a', settings: [] }],
    ['project_id', { name: 'a', project_id: 5 }],
  ])('names the field at fault: %s in %j', async (field, body) => {
    const response = await post('integration-service', JSON.stringify(body));
    expect(response.status).toBe(422);
    const { content } = (await response.json()) as {
      content: { details: { field: string; message: string }[] };
    };
    expect(content.details).toEqual([{ field, message: expect.stringMatching(/\S/) as string }]);
    expect(reached.count).toBe(0);
  });

  it('tells all fields at fault at once, and not without end', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`unknown${i}`, 1]));
    const response = await post('administration', JSON.stringify({ ...many, url: 5 }));
    const { error } = (await response.json()) as { error: { details: unknown[] } };
    expect(error.details).toHaveLength(50);
    const two = await post('administration', JSON.stringify({ name: 5, url: 5, more: 1 }));
    expect(await two.json()).toMatchObject({
      error: { details: [{ field: 'more' }, { field: 'name' }, { field: 'url' }] },
    });
  });

  it('cuts a name that is very long', async () => {
    const response = await post('administration', JSON.stringify({ name: 'a', ['x'.repeat(100_000)]: 1 }));
    expect(response.status).toBe(400);
    expect((await response.text()).length).toBeLessThan(1_000);
  });

  it('takes what is right, as it was sent', async () => {
    const body = {
      name: 'ä',
      url: 'https://example.com/x?y=z',
      events: ['*', 'task.*', 'task.created'],
      headers: { Authorization: 'Bearer x' },
      retry_config: { max_retries: 20 },
      steps: [{ name: 'a' }],
      project_id: null,
      settings: { toString: 1, constructor: 'x', deep: [[[]]] },
    };
    const response = await post('automation', JSON.stringify(body));
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ ...body, is_active: true, secret: 'shown-once' });
  });

  it('hands raw bytes on exactly', async () => {
    const raw = '{ "b" : 1.0,\n"a":"\\u00e4" }';
    const response = await hub.post(`${probesAt('automation')}/raw`, raw, { token: admin.token });
    expect(await response.json()).toEqual({ raw, body: { b: 1, a: 'ä' } });
  });

  it.each(SURFACE_NAMES)('%s takes a body of the largest size and refuses one byte more', async (surface) => {
    const frame = '{"name":"a","settings":{"x":""}}';
    const sized = (bytes: number) => frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
    expect((await post(surface, sized(MEBIBYTE))).status).toBe(201);
    const response = await post(surface, sized(MEBIBYTE + 1));
    expect(response.status).toBe(413);
    expect(await response.text()).toMatch(/F40013|PAYLOAD_TOO_LARGE|too large/);
    expect(response.headers.get('x-ratelimit-limit')).not.toBeNull();
    expect(reached.count).toBe(1);
  });

  it('refuses a body that is too large although it does not say so', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(chunk),
    });
    const outcome = await hub
      .fetch('/api/v1/probes', {
        method: 'POST',
        body: stream,
        duplex: 'half',
        token: admin.token,
        headers: { 'content-type': 'application/json' },
      })
      .then(
        (response) => response.status,
        // Node may end the connection under a client that is still sending.
        () => 413,
      );
    expect(outcome).toBe(413);
    expect(reached.count).toBe(0);
    expect((await hub.fetch('/health/live')).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/vnd.api+json',
    'nonsense',
    'application/jsonx',
  ])('takes no other content type: %s', async (type) => {
    const response = await post('integration-service', '{"name":"a"}', { 'content-type': type });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 'F40015' });
    expect(reached.count).toBe(0);
  });

  it('takes no body that says it is packed', async () => {
    const response = await post('code-review', '{"name":"a"}', { 'content-encoding': 'gzip' });
    expect(response.status).toBe(415);
    expect(reached.count).toBe(0);
    expect((await post('code-review', '{"name":"a"}', { 'content-encoding': 'identity' })).status).toBe(201);
  });

  it('takes JSON with a charset', async () => {
    const type = 'Application/JSON; charset=utf-8';
    expect((await post('automation', '{"name":"a"}', { 'content-type': type })).status).toBe(201);
  });

  it('takes GET with the content type of a body that is not there', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await hub.fetch('/api/v1/probes', { headers, token: admin.token });
    expect(response.status).toBe(200);
  });

  it.each([
    'page=0',
    'page=-1',
    'page=1.5',
    'page=1e1',
    'page=x',
    'page=',
    'page=%001',
    'page= 1',
    'page=1000001',
    'page=9999999999999999',
    'size=0',
    'size=101',
    'page=1&page=2',
    'size=10&size=10',
    'is_active=1',
    'is_active=TRUE',
    'is_active=',
    'is_active=true&is_active=true',
    'sort_by=drop',
    'search=',
    'search=12345678901',
    'search=a%00',
    'search=%zz',
    'search=50%',
    'search=%ff',
    'sort_by=%',
  ])('refuses the query %s', async (query) => {
    const response = await hub.fetch(`/api/v1/probes?${query}`, { token: admin.token });
    expect(response.status).toBe(422);
    const field = query.split('=', 1)[0];
    expect(await response.json()).toMatchObject({ content: { details: [{ field }] } });
  });

  it.each([
    '',
    'unknown=1',
    'unknown=1&unknown=2',
    '__proto__=1',
    'constructor=1',
    'page=1&size=100&is_active=false&sort_by=age&search=x',
    '&&',
    '%zz=1',
    'unknown=%zz',
    'search=50%25',
  ])('takes the query %j', async (query) => {
    const response = await hub.fetch(`/api/v1/probes?${query}`, { token: admin.token });
    expect(response.status).toBe(200);
  });

  it('converts what a query declares and nothing else', async () => {
    const response = await hub.fetch('/api/v1/probes?is_active=false&search=5&page=007', {
      token: admin.token,
    });
    expect(await response.json()).toMatchObject({
      content: { page: 7, size: 20, probes: [{ is_active: false, search: '5' }] },
    });
  });

  it.each([
    ['/api/v1/probes/items/%zz', 400],
    ['/api/v1/probes/items/%', 400],
    ['/api/v1/probes/items/%e4', 400],
    ['/api/probes/items/%c0%af', 400],
    ['/api/v1/probes/items/a%00b', 404],
    [`/api/v1/probes/items/${'x'.repeat(256)}`, 404],
    [`/api/v1/probes/items/${'x'.repeat(513)}`, 404],
    [`/${'x/'.repeat(4_000)}`, 404],
  ])('refuses the path %.60s with %i', async (path, status) => {
    const response = await hub.fetch(path, { token: admin.token });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(response.headers.get('ratelimit')).not.toBeNull();
    expect(response.headers.get('content-security-policy')).not.toBeNull();
  });

  it.each([
    ['a broken header', 'GET / HTTP/1.1\r\nbad header\r\n\r\n', 400],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a URL that is over-long', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['a header that is over-long', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
  ])('answers %s', async (_what, bytes, status) => {
    const answer = await hub.raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const answeredByNode = /\r\n\r\n(0\r\n\r\n)?$/.test(answer);
    if (!answeredByNode) {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(JSON.parse(body)).toMatchObject({ success: false, error: { code: 'VALIDATION_ERROR' } });
      expect(head).toMatch(/x-request-id: \S/);
      expect(head).toMatch(/x-ratelimit-limit: \d/);
    }
  });

  it.each([
    'OPTIONS *',
    'GET *',
    'PROPFIND /api/v1/probes',
    'TRACE /',
    'GET //',
    'GET /..%2f..%2fetc/passwd',
  ])('answers %s in JSON', async (line) => {
    const answer = await hub.raw(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 40[45] /);
    expect(answer).toMatch(/\r\n\r\n\{/);
  });

  it('takes a caller who leaves in the middle for no failure of its own', async () => {
    const failed = () => hub.log.lines.filter(({ msg }) => msg === 'a request failed').length;
    const before = failed();
    const id = 'who-left';
    await hub.abandoned(
      `POST /api/v1/probes HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\nAuthorization: Bearer ${admin.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name":`,
    );
    const line = await until('what became of it is told', 10_000, () =>
      Promise.resolve(hub.log.lines.find(({ requestId }) => requestId === id)),
    );
    expect(line).toMatchObject({ msg: 'a request was refused', code: 'MALFORMED_BODY' });
    expect(failed()).toBe(before);
    expect(reached.count).toBe(0);
  });

  it('is alive after all of it', async () => {
    expect((await hub.fetch('/health/live')).status).toBe(200);
  });
});
