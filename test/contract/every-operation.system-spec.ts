import type { Role } from '@signalbox/contracts';
import { makeAdminWebhook } from './administration/webhooks';
import type { Answer } from './answer';
import { useHub, type CallerName } from './hub';
import { MASK } from './samples';

const ROLES = ['admin', 'integration_manager', 'member', 'viewer'] as const satisfies readonly Role[];
const READ: readonly Role[] = ROLES;
const WRITE: readonly Role[] = ['admin', 'integration_manager', 'member'];
const MANAGE: readonly Role[] = ['admin', 'integration_manager'];
const ADMIN: readonly Role[] = ['admin'];
const PUBLIC = null;
const S1 = '/api/v1/admin/integration';
const S3 = '/integration-management';

/** Every published operation and who may call it, written out rather than derived, so that a slip shows. */
const OPERATIONS: Readonly<Record<string, readonly Role[] | null>> = {
  'GET /api/v1/health': PUBLIC,
  'GET /api/v1/webhooks': READ,
  'POST /api/v1/webhooks': WRITE,
  'GET /api/v1/webhooks/{webhook_id}': READ,
  'PUT /api/v1/webhooks/{webhook_id}': WRITE,
  'DELETE /api/v1/webhooks/{webhook_id}': WRITE,
  'POST /api/v1/webhooks/{webhook_id}/test': WRITE,
  'POST /api/v1/webhooks/{webhook_id}/retry': WRITE,
  'GET /api/v1/webhooks/{webhook_id}/logs': READ,
  'POST /api/v1/webhooks/events/{event_type}': WRITE,
  [`GET ${S1}/webhooks`]: READ,
  [`POST ${S1}/webhooks`]: WRITE,
  [`GET ${S1}/webhooks/{webhook_id}`]: READ,
  [`PUT ${S1}/webhooks/{webhook_id}`]: WRITE,
  [`DELETE ${S1}/webhooks/{webhook_id}`]: WRITE,
  [`POST ${S1}/webhooks/{webhook_id}/test`]: WRITE,
  [`GET ${S1}/webhooks/{webhook_id}/deliveries`]: READ,
  [`GET ${S1}/event-types`]: READ,
  [`POST ${S1}/event-types`]: ADMIN,
  'POST /api/auth/login/': PUBLIC,
  'POST /api/auth/refresh/': PUBLIC,
  'GET /api/users/me/': READ,
  'GET /api/users/': ADMIN,
  'POST /api/users/': ADMIN,
  'POST /api/v1/auth/login': PUBLIC,
  'POST /api/v1/auth/refresh': PUBLIC,
  'POST /api/v1/auth/logout': READ,
  'GET /api/v1/doc': PUBLIC,
  'GET /metrics': ADMIN,
  'GET /.well-known/jwks.json': PUBLIC,
  'POST /api/users/me/password/': READ,
  'GET /api/users/{id}/': ADMIN,
  'PUT /api/users/{id}/': ADMIN,
  'PATCH /api/users/{id}/': ADMIN,
  'DELETE /api/users/{id}/': ADMIN,
  [`GET ${S1}/api-keys`]: ADMIN,
  [`POST ${S1}/api-keys`]: ADMIN,
  [`GET ${S1}/api-keys/{key_id}`]: ADMIN,
  [`PUT ${S1}/api-keys/{key_id}`]: ADMIN,
  [`DELETE ${S1}/api-keys/{key_id}`]: ADMIN,
  [`POST ${S1}/api-keys/{key_id}/rotate`]: ADMIN,
  'GET /api/v1/api-keys': ADMIN,
  'POST /api/v1/api-keys': ADMIN,
  'GET /api/v1/api-keys/{id}': ADMIN,
  'PUT /api/v1/api-keys/{id}': ADMIN,
  'DELETE /api/v1/api-keys/{id}': ADMIN,
  'POST /api/v1/api-keys/{id}/rotate': ADMIN,
  [`GET ${S1}/api-keys/usage-stats`]: READ,
  [`GET ${S1}/api-keys/usage-stats/export`]: ADMIN,
  [`GET ${S1}/usage-logs`]: ADMIN,
  [`GET ${S1}/usage-reports`]: ADMIN,
  [`POST ${S1}/usage-reports`]: ADMIN,
  [`GET ${S1}/usage-reports/{report_id}`]: ADMIN,
  [`PUT ${S1}/usage-reports/{report_id}`]: ADMIN,
  [`DELETE ${S1}/usage-reports/{report_id}`]: ADMIN,
  [`GET ${S1}/usage-reports/{report_id}/run`]: ADMIN,
  [`GET ${S1}/alerts`]: ADMIN,
  [`POST ${S1}/alerts`]: ADMIN,
  [`GET ${S1}/alerts/{alert_id}`]: ADMIN,
  [`PUT ${S1}/alerts/{alert_id}`]: ADMIN,
  [`DELETE ${S1}/alerts/{alert_id}`]: ADMIN,
  [`GET ${S1}/alerts/{alert_id}/history`]: ADMIN,
  [`GET ${S1}/audit-logs`]: ADMIN,
  [`GET ${S1}/audit-logs/export`]: ADMIN,
  [`GET ${S1}/audit-logs/{entry_id}`]: ADMIN,
  [`GET ${S3}/integrations`]: MANAGE,
  [`POST ${S3}/integrations`]: MANAGE,
  [`GET ${S3}/integrations/{integration_id}`]: MANAGE,
  [`PUT ${S3}/integrations/{integration_id}`]: MANAGE,
  [`DELETE ${S3}/integrations/{integration_id}`]: ADMIN,
  [`POST ${S3}/integrations/{integration_id}/test`]: MANAGE,
  [`GET ${S3}/integrations/{integration_id}/status`]: MANAGE,
  [`GET ${S3}/integrations/{integration_id}/versions`]: MANAGE,
  [`GET ${S3}/integrations/{integration_id}/activities`]: MANAGE,
  [`GET ${S3}/webhooks`]: MANAGE,
  [`POST ${S3}/webhooks`]: MANAGE,
  [`GET ${S3}/webhooks/{webhook_id}`]: MANAGE,
  [`PUT ${S3}/webhooks/{webhook_id}`]: MANAGE,
  [`DELETE ${S3}/webhooks/{webhook_id}`]: MANAGE,
  [`POST ${S3}/webhooks/{webhook_id}/rotate-secret`]: MANAGE,
  [`GET ${S3}/webhooks/{webhook_id}/events`]: MANAGE,
  [`GET ${S3}/webhooks/{webhook_id}/events/{event_id}`]: MANAGE,
  [`POST ${S3}/webhooks/{webhook_id}/events/{event_id}/replay`]: MANAGE,
  [`POST ${S3}/webhooks/{webhook_id}/replay`]: MANAGE,
  [`POST ${S3}/webhooks/receive/{webhook_path}`]: PUBLIC,
  [`OPTIONS ${S3}/webhooks/receive/{webhook_path}`]: PUBLIC,
  [`HEAD ${S3}/webhooks/receive/{webhook_path}`]: PUBLIC,
  'POST /api/v1/webhooks/{provider}': PUBLIC,
  'POST /api/v1/webhooks/{provider}/{repositoryId}': PUBLIC,
  'GET /api/v1/integrations/types': PUBLIC,
  'GET /api/v1/integrations/types/{integration_type}/schema': PUBLIC,
  [`GET ${S1}/dashboard`]: READ,
  [`GET ${S1}/endpoints`]: READ,
};
const NAMES = Object.keys(OPERATIONS);
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const NOBODY_ID = '019a9e2c-6f00-7000-8000-000000000000';

const hub = useHub();

const methodOf = (operation: string): string => operation.split(' ', 1)[0] ?? '';
const pathOf = (operation: string, id = NOBODY_ID): string =>
  operation
    .slice(methodOf(operation).length + 1)
    .replace(
      /\{(?:webhook_id|key_id|report_id|alert_id|entry_id|integration_id|event_id|webhook_path|provider|repositoryId|id)\}/g,
      id,
    )
    .replace('{integration_type}', 'github')
    .replace('{event_type}', 'nobody.knows');
/** A word may stand where an id does: `/api/users/me/` is the path of one user too. */
const isAt = (operation: string, path: string): boolean =>
  new RegExp(`^${pathOf(operation, '{}').replaceAll('.', '\\.').replaceAll('{}', '[^/]+')}$`).test(path);
/** There is no endpoint. */
const isInbound = (operation: string): boolean => /\{(webhook_path|provider)\}/.test(operation);
const turned = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : `${path}/`);
const call = (operation: string, path: string, as: CallerName, query = ''): Promise<Answer> =>
  hub.call(methodOf(operation), path + query, {
    as,
    ...(['POST', 'PUT'].includes(methodOf(operation)) && { body: {} }),
  });

test('these are all operations, and the document says the same of who may call them', async () => {
  const { operations } = await hub.published();
  const published = operations.map(({ method, path, ...rest }) => {
    const access = (rest as unknown as { 'x-access': { credential: string; roles: Role[] } })['x-access'];
    return [`${method} ${path}`, access.credential === 'none' ? PUBLIC : access.roles] as const;
  });
  expect(Object.fromEntries(published)).toEqual(OPERATIONS);
});

describe('who may call', () => {
  test.each(NAMES.flatMap((operation) => [...ROLES, null].map((role) => ({ operation, role }))))(
    '$operation as $role',
    async ({ operation, role }) => {
      const allowed = OPERATIONS[operation] ?? null;
      // Whoever signs out needs a session that nobody else uses.
      const own = operation.endsWith('/logout') && role !== null;
      const as = own ? { token: (await hub.user({ role })).token } : role;
      const { status } = await call(operation, pathOf(operation), as);
      if (isInbound(operation)) expect(status).toBe(404);
      else if (allowed === PUBLIC) expect([200, 400]).toContain(status);
      else if (role === null) expect(status).toBe(401);
      else if (!allowed.includes(role)) expect(status).toBe(403);
      else expect([200, 400, 404, 422]).toContain(status);
    },
  );

  test.each(NAMES.filter((name) => name.includes('{webhook_id}') && !name.includes(S3)))(
    '%s: a webhook of a foreign project does not exist',
    async (operation) => {
      const { id, ...webhook } = await makeAdminWebhook(hub);
      const member = await hub.user({ role: 'member', projects: [hub.project()] });
      const answer = await call(operation, pathOf(operation, id), member);
      expect(answer).toMatchObject({ status: 404 });
      expect(answer.text).toMatch(/"F42301"|"NOT_FOUND"/);
      const after = await hub.call('GET', `${S1}/webhooks/${id}`);
      expect(after.body).toMatchObject({ data: { ...webhook, secret: MASK } });
    },
  );

  test('an admin is confined to nothing, whatever is written down; nobody else sees beyond their projects', async () => {
    const project_id = hub.project();
    const { id } = await makeAdminWebhook(hub, { project_id });
    const path = `/api/v1/webhooks/${id}`;
    const elsewhere = [hub.project()];
    expect(
      await hub.call('GET', path, { as: await hub.user({ role: 'admin', projects: elsewhere }) }),
    ).toMatchObject({
      status: 200,
    });
    for (const role of ['integration_manager', 'member', 'viewer'] as const) {
      for (const [projects, status] of [
        [elsewhere, 404],
        [[], 404],
        [[...elsewhere, project_id], 200],
      ] as const) {
        const as = await hub.user({ role, projects });
        expect(await hub.call('GET', path, { as })).toMatchObject({ status });
        const list = await hub.call<{ pagination: { total: number } }>('GET', `${S1}/webhooks?limit=100`, {
          as,
        });
        expect(list.body.pagination.total).toBe(status === 200 ? 1 : 0);
      }
    }
  });

  const unknownKey = 'eak_dGhpcyBpcyBhIHNhbXBsZSBrZXkgZm9yIGRlbW8';
  test.each<[string, Record<string, string>]>([
    ['Authorization: Bearer <API key>', { Authorization: `Bearer ${unknownKey}` }],
    ['Authorization: ApiKey', { Authorization: `ApiKey ${unknownKey}` }],
    ['X-API-Key', { 'X-API-Key': unknownKey }],
    ['a scheme that is none of ours', { Authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['a scheme and nothing more', { Authorization: 'Bearer' }],
  ])('%s with a key that nobody has is a 401', async (_what, headers) => {
    const { status, body } = await hub.call('GET', '/api/v1/webhooks', { as: null, headers });
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'F40001', content: null });
  });

  test('two different credentials are a 401, whatever each is worth', async () => {
    const token = await hub.token('admin');
    const answer = await hub.call('GET', '/api/v1/webhooks', {
      as: null,
      headers: { Authorization: `Bearer ${token}`, 'X-API-Key': unknownKey, 'Accept-Language': 'en' },
    });
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'F40001', msg: 'The request bears two different credentials' },
    });
  });
});

describe('paths and methods', () => {
  test.each(NAMES)('%s: a trailing slash is optional', async (operation) => {
    const path = pathOf(operation);
    const [as, twin] = [await call(operation, path, null), await call(operation, turned(path), null)];
    expect(twin.status).toBe(as.status);
    if (!isInbound(operation)) expect(twin.status).not.toBe(404);
  });

  test.each(NAMES.filter((name) => name.startsWith('GET')))(
    '%s: HEAD is GET without the body',
    async (operation) => {
      const path = pathOf(operation);
      const [got, headed] = [await call(operation, path, 'admin'), await hub.call('HEAD', path)];
      expect(headed.status).toBe(got.status);
      expect(headed.text).toBe('');
      expect(headed.headers.get('Content-Type')).toBe(got.headers.get('Content-Type'));
    },
  );

  test.each([...new Set(NAMES.map((name) => pathOf(name)))])(
    '%s takes its own methods only',
    async (path) => {
      const taken = new Set(NAMES.filter((name) => isAt(name, path)).map(methodOf));
      for (const method of [...METHODS, 'OPTIONS'].filter((each) => !taken.has(each))) {
        const { status, headers, text } = await hub.call(method, path);
        expect(status).toBe(405);
        expect(text).toMatch(/"F40005"|"METHOD_NOT_ALLOWED"|^\{"detail":"[^"]+"\}$/);
        // HEAD comes with GET.
        const told = (methods: Iterable<string>) => [...methods].filter((each) => each !== 'HEAD').sort();
        expect(told(headers.get('Allow')?.split(', ') ?? [])).toEqual(told(taken));
      }
    },
  );

  test.each(['QUERY', 'PROPFIND', 'TRACE', 'PATCH'])('%s is a method like any other', async (method) => {
    const [known, unknown] = [
      await hub.raw(`${method} /api/v1/webhooks HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n`),
      await hub.raw(`${method} /api/v1/nobody HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n`),
    ];
    expect(known).toMatch(/^HTTP\/1\.1 405 [^]*"F40005"/);
    expect(unknown).toMatch(/^HTTP\/1\.1 404 [^]*"NOT_FOUND"/);
  });

  test.each<[string, string, string]>([
    ['no JSON', '{"a":', 'application/json'],
    ['text', 'a=b', 'text/plain'],
    ['too large', 'x'.repeat(2 * 1024 * 1024), 'application/json'],
  ])('a body that is %s does not hide that nobody takes it', async (_what, body, type) => {
    const options = { body, headers: { 'content-type': type } };
    expect(await hub.call('POST', '/api/v1/nobody', options)).toMatchObject({ status: 404 });
    expect(await hub.call('PATCH', '/api/v1/webhooks', options)).toMatchObject({ status: 405 });
    expect(await hub.call('POST', '/api/users/me/', options)).toMatchObject({ status: 405 });
  });

  test.each<[string, unknown]>([
    ['/api/v1/nobody', { success: false, error: { code: 'NOT_FOUND', message: '路径不存在' } }],
    [`${S1}/nobody`, { success: false, error: { code: 'NOT_FOUND', message: '路径不存在' } }],
    ['/nobody', { success: false, error: { code: 'NOT_FOUND', message: '路径不存在' } }],
    ['/integration-management/nobody', { detail: 'There is nothing at this path' }],
    [
      '/api/nobody/',
      {
        error: { code: 'RESOURCE_NOT_FOUND', message: 'There is nothing at this path', details: {} },
        timestamp: expect.any(String) as unknown,
        path: '/api/nobody/',
      },
    ],
  ])('%s is a 404 in the shape of its neighbours', async (path, body) => {
    for (const method of METHODS) {
      expect(await hub.call(method, path, { as: null })).toMatchObject({ status: 404, body });
    }
  });
});

describe('lists', () => {
  const lists = NAMES.filter((name) => !name.includes(S3)).filter((name) =>
    /^GET .*\/(webhooks|logs|deliveries|event-types|alerts|users\/)$/.test(name),
  );

  test.each(lists)('%s refuses every page that is none, naming the parameter', async (operation) => {
    const { id } = await makeAdminWebhook(hub);
    const path = pathOf(operation, id);
    const { parameters } = (await hub.published()).find('GET', path) ?? { parameters: [] };
    const size = parameters
      .map(({ name }) => name)
      .find((name) => /^(size|limit|page_size)$/.test(String(name)));
    const bad = [
      ...['0', '-1', '1.5', '1e2', 'one', '', '%20', '1000001', '99999999999999999999', 'NaN', '0x1'].map(
        (value) => ['page', value],
      ),
      ...['0', '101', '1000', '-1', 'ten', ''].map((value) => [String(size), value]),
      ['page', '1&page=1'],
      [String(size), `5&${String(size)}=5`],
    ];
    const problems: string[] = [];
    for (const [name = '', value = ''] of bad) {
      const { status, text } = await hub.call('GET', `${path}?${name}=${value}`);
      if (!text.includes(`"${name}"`) || (status !== 400 && status !== 422)) {
        problems.push(`?${name}=${value}: ${status} ${text}`);
      }
    }
    expect(problems).toEqual([]);
  });

  test.each(lists)(
    '%s answers the largest page and the last, and ignores what it does not know',
    async (operation) => {
      const { id } = await makeAdminWebhook(hub);
      const path = pathOf(operation, id);
      const size = path.includes('/users') ? 'page_size' : path.startsWith(S1) ? 'limit' : 'size';
      for (const query of [
        `?${size}=100`,
        `?page=1000000&${size}=100`,
        '?nobody=1&nobody=2',
        '?__proto__=1',
        '?&&',
      ]) {
        expect(await hub.call('GET', path + query)).toMatchObject({ status: 200 });
      }
    },
  );
});
