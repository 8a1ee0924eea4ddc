import { apiKeyOperations, type ApiKeyInput, type Principal } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { isWellFormedApiKey } from '@signalbox/security';
import { ADMIN, refusal, RunningAuth } from '../running-auth-for-spec';
import { CONFINED, INPUT, Keys } from './keys-for-spec';

const IN_A_YEAR = new Date(Date.now() + 365 * 86_400_000).toISOString();

describe('api-keys.create', () => {
  let auth: RunningAuth;
  let keys: Keys;
  const count = async () => (await auth.sql('SELECT id FROM api_keys')).length;

  beforeAll(async () => {
    auth = await RunningAuth.start();
    keys = new Keys(auth);
  }, 60_000);

  afterAll(() => auth.stop());

  it('answers the key once, and all that was asked for', async () => {
    const asked = {
      description: 'for production',
      project_ids: ['p1', 'p2'],
      allowed_ips: ['10.0.0.0/8', '2001:db8::/32'],
      rate_limit: 5_000,
      expires_at: IN_A_YEAR,
    };
    const { key, ...view } = await keys.create(asked);
    expect(isWellFormedApiKey(key)).toBe(true);
    expect(view).toEqual({
      ...asked,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
      name: INPUT.name,
      key_prefix: key.slice(0, 8),
      scopes: INPUT.scopes,
      is_active: true,
      status: 'active',
      last_used_at: null,
      rotated_at: null,
      revoked_at: null,
      created_by: ADMIN.id,
      created_at: expect.stringMatching(/Z$/) as string,
      updated_at: expect.stringMatching(/Z$/) as string,
    });
    await expect(auth.call(apiKeyOperations.get, { id: view.id }, { principal: ADMIN })).resolves.toEqual(
      view,
    );
  });

  it('makes a key that is found, and stores nothing it could be read from', async () => {
    const { key, id } = await keys.create({ prefix: 'ocr_' });
    await expect(keys.resolve(key)).resolves.toEqual({
      id,
      name: INPUT.name,
      usable: true,
      remaining_ms: null,
      scopes: INPUT.scopes,
      project_ids: null,
      allowed_ips: [],
      rate_limit: 1_000,
    });
    const rows = await auth.sql(
      'SELECT k, s FROM api_keys k JOIN api_key_secrets s ON s.key_id = k.id WHERE k.id = $1',
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).toContain(keys.hasher.fingerprint(key).hash);
    expect(JSON.stringify(rows)).not.toContain(key.slice(8));
    expect(JSON.stringify(auth.log.lines)).not.toContain(key.slice(8));
  });

  it('counts seconds from now where it is asked to', async () => {
    const before = Date.now();
    const { expires_at } = await keys.create({ expires_in: 3_600 });
    const ms = Date.parse(expires_at ?? '') - before;
    expect(ms).toBeGreaterThanOrEqual(3_600_000);
    expect(ms).toBeLessThan(3_660_000);
  });

  it('takes an expiry that has passed: such a key never works', async () => {
    const { key, status } = await keys.create({ expires_at: '2024-12-31T23:59:59Z' });
    expect(status).toBe('expired');
    expect((await keys.resolve(key))?.remaining_ms).toBeLessThan(0);
  });

  it('makes one key of a request that runs twice, and only the second answer holds', async () => {
    const id = newId();
    const first = await keys.create({}, ADMIN, id);
    const second = await keys.create({}, ADMIN, id);
    expect(second.id).toBe(id);
    await expect(keys.resolve(first.key)).resolves.toBeNull();
    await expect(keys.resolve(second.key)).resolves.toMatchObject({ id });
    await expect(refusal(keys.create({}, CONFINED, id))).resolves.toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['integration_manager', { ...ADMIN, role: 'integration_manager' }],
    ['viewer', { ...ADMIN, role: 'viewer' }],
    ['key that may write', { ...CONFINED, scopes: ['read', 'write', 'webhook'] }],
  ] as [string, Principal][])('is not for a %s', async (_who, principal) => {
    const before = await count();
    await expect(refusal(keys.create({}, principal))).resolves.toEqual({ code: 'FORBIDDEN' });
    expect(await count()).toBe(before);
  });

  it('gives a confined caller’s key the caller’s projects, or fewer, and never more', async () => {
    await expect(keys.create({}, CONFINED)).resolves.toMatchObject({ project_ids: ['a', 'b'] });
    await expect(keys.create({ project_ids: ['b'] }, CONFINED)).resolves.toMatchObject({
      project_ids: ['b'],
    });
    const before = await count();
    for (const project_ids of [['a', 'c'], ['c'], null]) {
      await expect(refusal(keys.create({ project_ids }, CONFINED))).resolves.toEqual({
        code: 'NOT_FOUND',
        resource: 'resource',
      });
    }
    expect(await count()).toBe(before);
  });

  it.each([
    ['prefix', { prefix: 'abc_' }],
    ['name', { name: '' }],
    ['name', { name: 'a\0b' }],
    ['scopes', { scopes: [] }],
    ['scopes[1]', { scopes: ['read', 'root'] }],
    ['project_ids', { project_ids: [] }],
    ['allowed_ips[0]', { allowed_ips: ['300.0.0.1'] }],
    ['allowed_ips[1]', { allowed_ips: ['::1', '10.0.0.0/33'] }],
    ['rate_limit', { rate_limit: 0 }],
    ['rate_limit', { rate_limit: 1_000_000_001 }],
    ['expires_at', { expires_at: 'soon' }],
    ['expires_in', { expires_in: 0 }],
  ])('names %s where it is wrong, and stores nothing', async (field, wrong) => {
    const before = await count();
    await expect(refusal(keys.create(wrong as Partial<ApiKeyInput>))).resolves.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field }],
    });
    expect(await count()).toBe(before);
  });
});
