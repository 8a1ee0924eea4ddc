import { useHub } from '../hub';
import { ID, MASK, TEXT, TIME } from '../samples';
import { KEYS, makeAdminKey, shown, type NewAdminApiKey } from './api-keys';
import { BASE, type Data } from './webhooks';

const hub = useHub();
const KEY: unknown = expect.stringMatching(/^eak_[A-Za-z0-9_-]{32}$/);
const EXAMPLE = {
  name: 'Production API Key',
  description: 'API key for production environment',
  scopes: ['read', 'write'],
  rate_limit: 5000,
  expires_at: '2024-12-31T23:59:59Z',
};

describe('POST /api/v1/admin/integration/api-keys', () => {
  test('accepts the published example and answers in the published names', async () => {
    const { status, body } = await hub.call<Data<NewAdminApiKey>>('POST', KEYS, { body: EXAMPLE });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      data: {
        id: ID,
        name: 'Production API Key',
        description: 'API key for production environment',
        api_key: KEY,
        key_prefix: body.data.api_key.slice(0, 8),
        scopes: ['read', 'write'],
        project_ids: null,
        allowed_ips: [],
        rate_limit: 5000,
        is_active: true,
        status: 'expired',
        expires_at: '2024-12-31T23:59:59.000Z',
        last_used_at: null,
        rotated_at: null,
        revoked_at: null,
        created_by: ID,
        created_at: TIME,
        updated_at: TIME,
      },
    });
  });

  test('its expiry being past, the key of the example does not work; the same one that ends later does', async () => {
    const past = await makeAdminKey(hub, EXAMPLE);
    const coming = await makeAdminKey(hub, { ...EXAMPLE, expires_at: '2099-12-31T23:59:59+01:00' });
    expect(coming.expires_at).toBe('2099-12-31T22:59:59.000Z');
    const path = `${BASE}/webhooks`;
    expect(await hub.call('GET', path, { as: { token: past.api_key } })).toMatchObject({ status: 401 });
    expect(await hub.call('GET', path, { as: { token: coming.api_key } })).toMatchObject({ status: 200 });
  });

  test('every published scope, and a thousand requests an hour unless said otherwise', async () => {
    const scopes = ['read', 'write', 'admin', 'webhook'];
    expect(await makeAdminKey(hub, { scopes })).toMatchObject({ scopes, rate_limit: 1000 });
  });

  test('the answer has the published headers of the key’s own limit', async () => {
    const { api_key: token } = await makeAdminKey(hub);
    const { headers } = await hub.call('GET', `${BASE}/webhooks`, { as: { token } });
    expect(headers.get('X-RateLimit-Limit')).toBe('1000');
    expect(headers.get('X-RateLimit-Remaining')).toBe('999');
    expect(headers.get('X-RateLimit-Reset')).toMatch(/^\d{10}$/);
  });

  test('the key works in all four forms, on every surface', async () => {
    const { api_key: key } = await makeAdminKey(hub, { scopes: ['admin'] });
    const forms: Record<string, string>[] = [
      { authorization: `Bearer ${key}` },
      { authorization: `ApiKey ${key}` },
      { 'X-API-Key': key },
      { authorization: `ApiKey ${key}`, 'X-API-Key': key },
    ];
    for (const headers of forms) {
      for (const path of [KEYS, '/api/v1/webhooks', '/api/users/', '/api/v1/api-keys']) {
        expect(await hub.call('GET', path, { as: null, headers })).toMatchObject({ status: 200 });
      }
    }
    const two = { authorization: `ApiKey ${key}`, 'X-API-Key': (await makeAdminKey(hub)).api_key };
    expect(await hub.call('GET', KEYS, { as: null, headers: two })).toMatchObject({ status: 401 });
  });

  test('is shown once: a replay has a mask in its place', async () => {
    const request = { body: EXAMPLE, headers: { 'Idempotency-Key': 'once' } };
    const first = await hub.call<Data<NewAdminApiKey>>('POST', KEYS, request);
    const again = await hub.call<Data<NewAdminApiKey>>('POST', KEYS, request);
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
    expect(again.body.data).toEqual({ ...first.body.data, api_key: MASK });
    const { body } = await hub.call('GET', `${KEYS}/${first.body.data.id}`);
    expect(body).toEqual({ success: true, data: shown(first.body.data) });
  });

  test('a key that is confined to projects sees only those', async () => {
    const [mine, other] = [hub.project(), hub.project()];
    const { api_key: token } = await makeAdminKey(hub, { scopes: ['write'], project_ids: [mine] });
    const create = (project_id: string) =>
      hub.call('POST', `${BASE}/webhooks`, {
        as: { token },
        body: { project_id, name: 'n', url: 'http://127.0.0.1:9/', events: ['user.created'] },
      });
    expect(await create(mine)).toMatchObject({ status: 201 });
    expect(await create(other)).toMatchObject({ status: 404 });
    expect(await hub.call('GET', `${BASE}/webhooks`, { as: { token } })).toMatchObject({
      body: { pagination: { total: 1 } },
    });
  });

  test('a confined administrator’s key makes none that may do more', async () => {
    const project = hub.project();
    const as = { token: (await makeAdminKey(hub, { scopes: ['admin'], project_ids: [project] })).api_key };
    const create = (fields: object) =>
      hub.call('POST', KEYS, { as, body: { name: 'n', scopes: ['read'], ...fields } });
    expect(await create({})).toMatchObject({ status: 201, body: { data: { project_ids: [project] } } });
    expect(await create({ project_ids: null })).toMatchObject({ status: 404 });
    expect(await create({ project_ids: [project, hub.project()] })).toMatchObject({ status: 404 });
    // A user confined to nothing would be such a way out.
    const user = { username: 'way-out', password: 'long enough', email: 'a@example.com', role: 'admin' };
    expect(await hub.call('POST', '/api/users/', { as, body: user })).toMatchObject({ status: 403 });
    expect(await hub.call('GET', KEYS, { as })).toMatchObject({ body: { pagination: { total: 2 } } });
  });

  test.each([
    ['no scopes', { scopes: [] }, 'scopes'],
    ['an unknown scope', { scopes: ['root'] }, 'scopes[0]'],
    ['a scope given twice', { scopes: ['read', 'read'] }, 'scopes'],
    ['no name', { name: '' }, 'name'],
    ['a limit of 0', { rate_limit: 0 }, 'rate_limit'],
    ['a limit over a billion', { rate_limit: 1_000_000_001 }, 'rate_limit'],
    ['an expiry that is no time', { expires_at: 'soon' }, 'expires_at'],
    ['an expiry of a day', { expires_at: '2099-12-31' }, 'expires_at'],
    ['an expiry on the 31st of February', { expires_at: '2099-02-31T25:00:00Z' }, 'expires_at'],
    ['S4’s name for the expiry', { expiresIn: 60 }, 'expiresIn'],
    ['no project at all', { project_ids: [] }, 'project_ids'],
    ['an address that is none', { allowed_ips: ['10.0.0.256'] }, 'allowed_ips[0]'],
    ['a range that is none', { allowed_ips: ['::1', '10.0.0.0/33'] }, 'allowed_ips[1]'],
    ['a key of the caller’s own', { api_key: 'eak_mine' }, 'api_key'],
    ['whether it is active', { is_active: true }, 'is_active'],
  ])('refuses %s, naming the field', async (_what, fields, field) => {
    const { status, body } = await hub.call('POST', KEYS, {
      body: { name: 'n', scopes: ['read'], ...fields },
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      success: false,
      error: { code: 'VALIDATION_ERROR', details: [{ field, message: TEXT }] },
    });
  });

  test.each([
    ['integration_manager', 403, 'FORBIDDEN'],
    ['member', 403, 'FORBIDDEN'],
    ['viewer', 403, 'FORBIDDEN'],
    [null, 401, 'UNAUTHORIZED'],
  ] as const)('refuses %s', async (as, status, code) => {
    expect(await hub.call('POST', KEYS, { as, body: EXAMPLE })).toMatchObject({
      status,
      body: { success: false, error: { code } },
    });
  });
});
