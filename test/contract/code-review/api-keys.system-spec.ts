import type { Data } from '../administration/webhooks';
import { useHub } from '../hub';
import { ID, MASK, TEXT, TIME } from '../samples';

interface ApiKey {
  readonly id: string;
  readonly [field: string]: unknown;
}

interface NewApiKey extends ApiKey {
  readonly key: string;
}

const KEYS = '/api/v1/api-keys';
const EXAMPLE = { name: 'CI/CD Key', scopes: ['webhook', 'read'], expiresIn: 2_592_000 };
const hub = useHub();

async function makeKey(fields: Readonly<Record<string, unknown>> = {}): Promise<NewApiKey> {
  const { status, text, body } = await hub.call<Data<NewApiKey>>('POST', KEYS, {
    body: { ...EXAMPLE, ...fields },
  });
  if (status !== 201) throw new Error(`No key was made: ${text}`);
  return body.data;
}

function shown({ key: _key, ...rest }: NewApiKey): ApiKey {
  return rest;
}

const works = async (key: string) =>
  (await hub.call('GET', '/api/v1/webhooks', { as: null, headers: { 'X-API-Key': key } })).status === 200;

describe('POST /api/v1/api-keys', () => {
  test('accepts the published example and answers in the published names', async () => {
    const before = Date.now();
    const { status, body } = await hub.call<Data<NewApiKey>>('POST', KEYS, { body: EXAMPLE });
    expect(status).toBe(201);
    const { key, expiresAt } = body.data;
    expect(body).toEqual({
      success: true,
      data: {
        id: ID,
        name: 'CI/CD Key',
        key: expect.stringMatching(/^ocr_[A-Za-z0-9_-]{32}$/) as string,
        keyPrefix: key.slice(0, 8),
        description: null,
        scopes: ['webhook', 'read'],
        projectIds: null,
        allowedIps: [],
        rateLimit: 1000,
        isActive: true,
        status: 'active',
        expiresAt: TIME,
        lastUsedAt: null,
        rotatedAt: null,
        createdBy: ID,
        createdAt: TIME,
        updatedAt: TIME,
      },
    });
    const seconds = (Date.parse(String(expiresAt)) - before) / 1000;
    expect(seconds).toBeGreaterThan(2_591_990);
    expect(seconds).toBeLessThan(2_592_060);
  });

  test.each([
    ['Authorization: ApiKey', (key: string) => ({ Authorization: `ApiKey ${key}` })],
    ['X-API-Key', (key: string) => ({ 'X-API-Key': key })],
  ] as const)('makes a key that works as %s', async (_form, headers) => {
    const { key } = await makeKey();
    const answer = await hub.call('GET', '/api/v1/webhooks', { as: null, headers: headers(key) });
    expect(answer.status).toBe(200);
  });

  test('is the administration’s row in other names', async () => {
    const { id, keyPrefix } = await makeKey({ projectIds: ['p'], allowedIps: ['::1'], rateLimit: 9 });
    expect(await hub.call('GET', `/api/v1/admin/integration/api-keys/${id}`)).toMatchObject({
      status: 200,
      body: { data: { id, key_prefix: keyPrefix, project_ids: ['p'], allowed_ips: ['::1'], rate_limit: 9 } },
    });
  });

  test('is shown once: a replay has a mask in its place', async () => {
    const request = { body: EXAMPLE, headers: { 'Idempotency-Key': 'once' } };
    const first = await hub.call<Data<NewApiKey>>('POST', KEYS, request);
    const again = await hub.call<Data<NewApiKey>>('POST', KEYS, request);
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
    expect(again.body.data).toEqual({ ...first.body.data, key: MASK });
  });

  test.each([
    ['no scopes', { scopes: undefined }, 'scopes'],
    ['an unknown scope', { scopes: ['webhook', 'root'] }, 'scopes[1]'],
    ['an end in no time', { expiresIn: 0 }, 'expiresIn'],
    ['S1’s name for the end', { expires_at: '2099-12-31T23:59:59Z' }, 'expires_at'],
    ['a limit in text', { rateLimit: '9' }, 'rateLimit'],
    ['an address that is none', { allowedIps: ['localhost'] }, 'allowedIps[0]'],
  ])('refuses %s, naming the field', async (_what, fields, field) => {
    expect(await hub.call('POST', KEYS, { body: { ...EXAMPLE, ...fields } })).toMatchObject({
      status: 400,
      body: { success: false, error: { code: 'VALIDATION_ERROR', details: [{ field, message: TEXT }] } },
    });
  });

  test.each([
    ['member', 403, 'FORBIDDEN'],
    ['integration_manager', 403, 'FORBIDDEN'],
    [null, 401, 'UNAUTHORIZED'],
  ] as const)('refuses %s', async (as, status, code) => {
    expect(await hub.call('POST', KEYS, { as, body: EXAMPLE })).toMatchObject({
      status,
      body: { error: { code } },
    });
    expect(await hub.call('GET', KEYS, { as })).toMatchObject({ status });
  });
});

describe('GET /api/v1/api-keys', () => {
  test('lists them as published, without their keys and without those that are deleted', async () => {
    const [kept, deleted] = [await makeKey(), await makeKey()];
    await hub.call('DELETE', `${KEYS}/${deleted.id}`);
    expect(await hub.call('GET', KEYS)).toMatchObject({
      status: 200,
      body: { success: true, pagination: { page: 1, pageSize: 20 } },
    });
    // Others make keys at the same time.
    const { body, text } = await hub.call<Data<ApiKey[]>>('GET', `${KEYS}?pageSize=100`);
    expect(body.data.find(({ id }) => id === kept.id)).toEqual(shown(kept));
    expect(body.data.map(({ id }) => id)).not.toContain(deleted.id);
    expect(text).not.toContain(kept.key.slice(8));
  });
});

describe('a key at /api/v1/api-keys/:id', () => {
  test('is read, changed and rotated', async () => {
    const made = await makeKey();
    const path = `${KEYS}/${made.id}`;
    expect((await hub.call('GET', path)).body).toEqual({ success: true, data: shown(made) });

    const changes = { name: 'Other', scopes: ['read'], rateLimit: 5, expiresIn: null };
    expect(await hub.call('PUT', path, { body: changes })).toMatchObject({
      status: 200,
      body: { data: { name: 'Other', scopes: ['read'], rateLimit: 5, expiresAt: null } },
    });

    const rotated = await hub.call<Data<NewApiKey>>('POST', `${path}/rotate`, {
      body: { overlapSeconds: 60 },
    });
    expect(rotated.status).toBe(200);
    expect(rotated.body.data.key).toMatch(/^ocr_/);
    expect([await works(made.key), await works(rotated.body.data.key)]).toEqual([true, true]);
    await hub.call('PUT', path, { body: { isActive: false } });
    expect([await works(made.key), await works(rotated.body.data.key)]).toEqual([false, false]);
  });
});

describe('DELETE /api/v1/api-keys/:id', () => {
  test('ends the key for good, and it is not there any more', async () => {
    const { id, key } = await makeKey();
    expect(await works(key)).toBe(true);
    expect(await hub.call('DELETE', `${KEYS}/${id}`)).toMatchObject({
      status: 200,
      body: { success: true, data: { id, deleted: true } },
    });
    expect(await works(key)).toBe(false);
    expect(await hub.call('GET', `${KEYS}/${id}`)).toMatchObject({
      status: 404,
      body: { success: false, error: { code: 'NOT_FOUND', message: 'API Key 不存在' } },
    });
  });
});
