import { useHub } from '../hub';
import { ID, TIME } from '../samples';
import { KEYS, makeAdminKey, shown, type AdminApiKey, type NewAdminApiKey } from './api-keys';
import { BASE, type Data } from './webhooks';

const hub = useHub();
const NOT_FOUND = { status: 404, body: { success: false, error: { code: 'NOT_FOUND' } } };
const CONFLICT = { status: 409, body: { success: false, error: { code: 'CONFLICT' } } };

const works = async (token: string) =>
  (await hub.call('GET', `${BASE}/webhooks`, { as: { token } })).status === 200;

describe('GET /api/v1/admin/integration/api-keys', () => {
  test('answers the published request with a page, newest first, and no key', async () => {
    const [older, newer] = [await makeAdminKey(hub), await makeAdminKey(hub)];
    const { status, body, text } = await hub.call<Data<AdminApiKey[]>>(
      'GET',
      `${KEYS}?is_active=true&limit=50`,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, pagination: { page: 1, pageSize: 50 } });
    const made = [newer.id, older.id];
    expect(body.data.filter(({ id }) => made.includes(id))).toEqual([shown(newer), shown(older)]);
    expect(text).not.toContain('"api_key"');
    expect(text).not.toContain(newer.api_key.slice(8));
  });

  test('tells keys that are switched off or revoked apart', async () => {
    const [on, off, revoked] = [await makeAdminKey(hub), await makeAdminKey(hub), await makeAdminKey(hub)];
    await hub.call('PUT', `${KEYS}/${off.id}`, { body: { is_active: false } });
    await hub.call('DELETE', `${KEYS}/${revoked.id}`);
    const idsOf = async (query: string) =>
      (await hub.call<Data<AdminApiKey[]>>('GET', `${KEYS}?${query}`)).body.data.map(({ id }) => id);
    // Others may change theirs between the two.
    const mine = [revoked.id, off.id, on.id];
    const active = await idsOf('is_active=true&limit=100');
    expect(active.filter((id) => mine.includes(id))).toEqual([on.id]);
    const inactive = await idsOf('is_active=false&limit=100');
    expect(inactive.filter((id) => mine.includes(id))).toEqual([revoked.id, off.id]);
    expect(await idsOf('limit=3')).toHaveLength(3);
  });

  test.each(['limit=101', 'page=0', 'is_active=maybe'])('refuses ?%s', async (query) => {
    expect(await hub.call('GET', `${KEYS}?${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: [{ field: query.split('=', 1)[0] }] } },
    });
  });
});

describe('GET /api/v1/admin/integration/api-keys/{key_id}', () => {
  test('answers the row that the code review’s face shows too', async () => {
    const made = await makeAdminKey(hub, { rate_limit: 7, allowed_ips: ['2001:db8::/32'] });
    const { status, body } = await hub.call('GET', `${KEYS}/${made.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, data: shown(made) });
    expect(await hub.call('GET', `/api/v1/api-keys/${made.id}`)).toMatchObject({
      status: 200,
      body: {
        data: { id: made.id, keyPrefix: made.key_prefix, rateLimit: 7, allowedIps: ['2001:db8::/32'] },
      },
    });
  });

  test.each(['nonsense', '019a9e2c-6f00-7000-8000-000000000000'])('knows no %s', async (id) => {
    expect(await hub.call('GET', `${KEYS}/${id}`)).toMatchObject(NOT_FOUND);
  });
});

describe('PUT /api/v1/admin/integration/api-keys/{key_id}', () => {
  test('changes what is given, at once, and leaves the rest', async () => {
    const made = await makeAdminKey(hub, { scopes: ['read', 'write'], description: 'd' });
    const as = { token: made.api_key };
    const write = () => hub.call('POST', `${BASE}/webhooks`, { as, body: {} });
    expect(await write()).toMatchObject({ status: 400 });
    const { status, body } = await hub.call<Data<AdminApiKey>>('PUT', `${KEYS}/${made.id}`, {
      body: { scopes: ['read'], name: 'Other' },
    });
    expect(status).toBe(200);
    expect(body.data).toEqual({
      ...shown(made),
      name: 'Other',
      scopes: ['read'],
      updated_at: TIME,
      last_used_at: body.data.last_used_at,
    });
    expect(await write()).toMatchObject({ status: 403 });
  });

  test('switches a key off and on', async () => {
    const { id, api_key: key } = await makeAdminKey(hub);
    expect(await works(key)).toBe(true);
    await hub.call('PUT', `${KEYS}/${id}`, { body: { is_active: false } });
    expect(await works(key)).toBe(false);
    await hub.call('PUT', `${KEYS}/${id}`, { body: { is_active: true } });
    expect(await works(key)).toBe(true);
  });

  test('ends a key by its expiry', async () => {
    const { id, api_key: key } = await makeAdminKey(hub);
    expect(await works(key)).toBe(true);
    const changed = await hub.call('PUT', `${KEYS}/${id}`, { body: { expires_at: '2020-01-01T00:00:00Z' } });
    expect(changed).toMatchObject({ status: 200, body: { data: { status: 'expired' } } });
    expect(await works(key)).toBe(false);
  });

  test('binds it to addresses', async () => {
    const { id, api_key: key } = await makeAdminKey(hub);
    await hub.call('PUT', `${KEYS}/${id}`, { body: { allowed_ips: ['192.0.2.1'] } });
    expect(await hub.call('GET', `${BASE}/webhooks`, { as: { token: key } })).toMatchObject({ status: 403 });
    await hub.call('PUT', `${KEYS}/${id}`, { body: { allowed_ips: ['127.0.0.0/8', '::1'] } });
    expect(await works(key)).toBe(true);
  });

  test('is not for a revoked key', async () => {
    const { id } = await makeAdminKey(hub);
    await hub.call('DELETE', `${KEYS}/${id}`);
    expect(await hub.call('PUT', `${KEYS}/${id}`, { body: { is_active: true } })).toMatchObject(CONFLICT);
  });
});

describe('POST /api/v1/admin/integration/api-keys/{key_id}/rotate', () => {
  test('answers a new key for the row, and the old one is refused at once', async () => {
    const old = await makeAdminKey(hub);
    expect(await works(old.api_key)).toBe(true);
    const { status, body } = await hub.call<Data<NewAdminApiKey>>('POST', `${KEYS}/${old.id}/rotate`);
    expect(status).toBe(200);
    expect(body.data).toEqual({
      ...old,
      api_key: body.data.api_key,
      key_prefix: body.data.api_key.slice(0, 8),
      rotated_at: TIME,
      updated_at: TIME,
      last_used_at: body.data.last_used_at,
    });
    expect(await works(old.api_key)).toBe(false);
    expect(await works(body.data.api_key)).toBe(true);
  });

  test('lets both work for a while where it is asked to', async () => {
    const old = await makeAdminKey(hub);
    const rotate = (body: object) =>
      hub.call<Data<NewAdminApiKey>>('POST', `${KEYS}/${old.id}/rotate`, { body });
    const first = await rotate({ overlap_seconds: 60 });
    expect(await works(old.api_key)).toBe(true);
    expect(await works(first.body.data.api_key)).toBe(true);
    await rotate({});
    expect(await works(old.api_key)).toBe(false);
    expect(await works(first.body.data.api_key)).toBe(false);
  });

  test.each([-1, 1.5, 604_801, '60', null])('refuses an overlap of %j', async (overlap_seconds) => {
    const { id, api_key: key } = await makeAdminKey(hub);
    expect(await hub.call('POST', `${KEYS}/${id}/rotate`, { body: { overlap_seconds } })).toMatchObject({
      status: 400,
      body: { error: { details: [{ field: 'overlap_seconds' }] } },
    });
    expect(await works(key)).toBe(true);
  });

  test('is not for a key that no longer works', async () => {
    const { id } = await makeAdminKey(hub);
    await hub.call('DELETE', `${KEYS}/${id}`);
    expect(await hub.call('POST', `${KEYS}/${id}/rotate`)).toMatchObject(CONFLICT);
  });
});

describe('DELETE /api/v1/admin/integration/api-keys/{key_id}', () => {
  test('revokes the key for good', async () => {
    const { id, api_key: key } = await makeAdminKey(hub);
    expect(await works(key)).toBe(true);
    const { status, body } = await hub.call('DELETE', `${KEYS}/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, data: { id: ID, deleted: true } });
    expect(await hub.call('GET', `${BASE}/webhooks`, { as: { token: key } })).toMatchObject({
      status: 401,
      body: { success: false, error: { code: 'UNAUTHORIZED', message: 'The API key is not valid' } },
    });
    expect(await hub.call('GET', `${KEYS}/${id}`)).toMatchObject({
      status: 200,
      body: { data: { is_active: false, status: 'revoked', revoked_at: TIME } },
    });
    expect(await hub.call('DELETE', `${KEYS}/${id}`)).toMatchObject({ status: 200 });
  });

  test('knows none that is not there', async () => {
    expect(await hub.call('DELETE', `${KEYS}/019a9e2c-6f00-7000-8000-000000000000`)).toMatchObject(NOT_FOUND);
  });
});
