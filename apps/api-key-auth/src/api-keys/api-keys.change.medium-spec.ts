import {
  apiKeyOperations,
  apiKeysChanged,
  type ApiKeyChanges,
  type NewApiKeyView,
  type Principal,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { until } from '@signalbox/testing';
import { ADMIN, refusal, RunningAuth } from '../running-auth-for-spec';
import { CONFINED, Keys } from './keys-for-spec';

const UNKNOWN = { code: 'NOT_FOUND', resource: 'api_key' };

describe('API keys', () => {
  let auth: RunningAuth;
  let keys: Keys;
  const as = (principal: Principal = ADMIN) => ({ principal });
  const update = (id: string, changes: ApiKeyChanges, principal?: Principal) =>
    auth.call(apiKeyOperations.update, { id, changes }, as(principal));
  const rotate = (id: string, overlap_seconds?: number, principal?: Principal): Promise<NewApiKeyView> =>
    auth.call(apiKeyOperations.rotate, { id, overlap_seconds }, as(principal));
  const revoke = (id: string, principal?: Principal) =>
    auth.call(apiKeyOperations.revoke, { id }, as(principal));
  const get = (id: string, principal?: Principal) => auth.call(apiKeyOperations.get, { id }, as(principal));

  beforeAll(async () => {
    auth = await RunningAuth.start();
    keys = new Keys(auth);
  }, 60_000);

  afterAll(() => auth.stop());

  describe('update', () => {
    it('changes what is given and leaves the rest', async () => {
      const { key, ...before } = await keys.create({ description: 'd', rate_limit: 7 });
      const changed = await update(before.id, { scopes: ['admin'], rate_limit: 9, allowed_ips: ['::1'] });
      expect(changed).toEqual({
        ...before,
        scopes: ['admin'],
        rate_limit: 9,
        allowed_ips: ['::1'],
        updated_at: changed.updated_at,
      });
      await expect(keys.resolve(key)).resolves.toMatchObject({ scopes: ['admin'], rate_limit: 9 });
    });

    it('switches a key off and on, and takes its expiry away', async () => {
      const { key, id } = await keys.create({ expires_in: 60 });
      await update(id, { is_active: false });
      await expect(keys.resolve(key)).resolves.toMatchObject({ usable: false });
      await expect(refusal(rotate(id))).resolves.toMatchObject({ code: 'CONFLICT' });
      await update(id, { is_active: true, expires_at: null });
      await expect(keys.resolve(key)).resolves.toMatchObject({ usable: true, remaining_ms: null });
    });

    it('refuses a confined caller a key outside, or taking one outside', async () => {
      const outside = await keys.create({ project_ids: ['c'] });
      const anywhere = await keys.create();
      const inside = await keys.create({ project_ids: ['a'] });
      await expect(refusal(update(outside.id, { name: 'x' }, CONFINED))).resolves.toEqual(UNKNOWN);
      await expect(refusal(update(anywhere.id, { name: 'x' }, CONFINED))).resolves.toEqual(UNKNOWN);
      for (const project_ids of [['c'], ['a', 'c'], null])
        await expect(refusal(update(inside.id, { project_ids }, CONFINED))).resolves.toMatchObject({
          code: 'NOT_FOUND',
        });
      await expect(update(inside.id, { project_ids: ['b'] }, CONFINED)).resolves.toMatchObject({
        project_ids: ['b'],
      });
    });

    it('names what is wrong', async () => {
      const { id } = await keys.create();
      await expect(refusal(update(id, { scopes: [], rate_limit: 1.5 }))).resolves.toMatchObject({
        fields: [{ field: 'scopes' }, { field: 'rate_limit' }],
      });
    });
  });

  describe('rotate', () => {
    it('ends the old key at once', async () => {
      const before = await keys.create({ prefix: 'ocr_' });
      const after = await rotate(before.id);
      expect(after.key).toMatch(/^ocr_/);
      expect(after).toMatchObject({ id: before.id, key_prefix: after.key.slice(0, 8) });
      expect(after.rotated_at).not.toBeNull();
      await expect(keys.resolve(before.key)).resolves.toBeNull();
      await expect(keys.resolve(after.key)).resolves.toMatchObject({ id: before.id, usable: true });
    });

    it('lets the old key live on as long as it is asked to', async () => {
      const before = await keys.create();
      const after = await rotate(before.id, 60);
      const remaining = (await keys.resolve(before.key))?.remaining_ms;
      expect(remaining).toBeGreaterThan(50_000);
      expect(remaining).toBeLessThanOrEqual(60_000);
      expect((await keys.resolve(after.key))?.remaining_ms).toBeNull();
    });

    it('never lengthens the old key’s life: not past its expiry, nor past an earlier overlap', async () => {
      const first = await keys.create({ expires_in: 30 });
      const second = await rotate(first.id, 10);
      await rotate(first.id, 3_600);
      expect((await keys.resolve(first.key))?.remaining_ms).toBeLessThanOrEqual(10_000);
      expect((await keys.resolve(second.key))?.remaining_ms).toBeLessThanOrEqual(30_000);
      await update(first.id, { expires_at: null });
      expect((await keys.resolve(first.key))?.remaining_ms).toBeLessThanOrEqual(10_000);
      await rotate(first.id);
      await expect(keys.resolve(second.key)).resolves.toBeNull();
    });

    it('keeps five keys of one row at most, the newest', async () => {
      const made = [await keys.create()];
      const id = made[0]?.id ?? '';
      for (let n = 0; n < 6; n += 1) made.push(await rotate(id, 3_600));
      const found = await Promise.all(made.map(({ key }) => keys.resolve(key)));
      expect(found.map((facts) => facts !== null)).toEqual([false, false, true, true, true, true, true]);
    });

    it.each([-1, 0.5, 604_801])('refuses an overlap of %d s', async (overlap) => {
      const { id, key } = await keys.create();
      await expect(refusal(rotate(id, overlap))).resolves.toMatchObject({
        fields: [{ field: 'overlap_seconds' }],
      });
      await expect(keys.resolve(key)).resolves.toMatchObject({ usable: true });
    });

    it('refuses one that is expired', async () => {
      const { id } = await keys.create({ expires_at: '2020-01-01T00:00:00Z' });
      await expect(refusal(rotate(id))).resolves.toMatchObject({ messageKey: 'api_key_not_usable' });
    });
  });

  describe('revoke', () => {
    it('ends the key and its overlaps for good', async () => {
      const first = await keys.create();
      const second = await rotate(first.id, 3_600);
      const { id } = first;
      await expect(revoke(id)).resolves.toEqual({ id, deleted: true });
      await expect(keys.resolve(first.key)).resolves.toBeNull();
      await expect(keys.resolve(second.key)).resolves.toBeNull();
      await expect(get(id)).resolves.toMatchObject({ status: 'revoked', is_active: false });
      await expect(refusal(update(id, { is_active: true }))).resolves.toMatchObject({
        messageKey: 'api_key_revoked',
      });
      await expect(refusal(rotate(id))).resolves.toMatchObject({ code: 'CONFLICT' });
      await expect(revoke(id)).resolves.toEqual({ id, deleted: true });
    });

    it('is not for whoever may not see the key', async () => {
      const { id, key } = await keys.create({ project_ids: ['c'] });
      await expect(refusal(revoke(id, CONFINED))).resolves.toEqual(UNKNOWN);
      await expect(refusal(revoke(id, { ...ADMIN, role: 'member' }))).resolves.toEqual({ code: 'FORBIDDEN' });
      await expect(refusal(revoke(newId()))).resolves.toEqual(UNKNOWN);
      await expect(refusal(revoke('nonsense'))).resolves.toEqual(UNKNOWN);
      await expect(keys.resolve(key)).resolves.toMatchObject({ usable: true });
    });
  });

  it('are listed newest first, by whether they are in use, to the confined those within', async () => {
    const principal: Principal = { ...CONFINED, projects: ['only-here'] };
    const project_ids = ['only-here'];
    const [one, two, three] = [
      await keys.create({ project_ids }),
      await keys.create({ project_ids }),
      await keys.create({ project_ids }),
    ];
    await keys.create({ project_ids: ['only-here', 'elsewhere'] });
    await update(one.id, { is_active: false });
    await revoke(two.id);
    const list = async (filter: {
      is_active?: boolean;
      without_revoked?: boolean;
      page?: number;
      size?: number;
    }) => {
      const input = { page: 1, size: 50, ...filter };
      const { items, total } = await auth.call(apiKeyOperations.list, input, { principal });
      expect(JSON.stringify(items)).not.toContain('"key"');
      return [total, ...items.map(({ id }) => id)];
    };
    expect(await list({})).toEqual([3, three.id, two.id, one.id]);
    expect(await list({ is_active: true })).toEqual([1, three.id]);
    expect(await list({ is_active: false })).toEqual([2, two.id, one.id]);
    expect(await list({ without_revoked: true })).toEqual([2, three.id, one.id]);
    expect(await list({ page: 2, size: 2 })).toEqual([3, one.id]);
  });

  describe('gateways', () => {
    it('are the only ones to ask whose a key is, and to tell of its use', async () => {
      const { key } = await keys.create();
      const fingerprints = keys.hasher.fingerprints(key);
      const resolving = auth.call(apiKeyOperations.resolve, { fingerprints }, as());
      await expect(refusal(resolving)).resolves.toEqual({ code: 'FORBIDDEN' });
      const using = auth.call(apiKeyOperations.used, { uses: [] }, as());
      await expect(refusal(using)).resolves.toEqual({ code: 'FORBIDDEN' });
    });

    it('tell of uses, which move forward only and never into the future', async () => {
      const { id } = await keys.create();
      const now = Date.now();
      const used = (at: number) =>
        auth.call(apiKeyOperations.used, {
          uses: [
            { id, at },
            { id: 'x', at },
          ],
        });
      const lastUsed = async () => Date.parse((await get(id)).last_used_at ?? '');
      await expect(used(now - 1_000)).resolves.toEqual({ stored: 1 });
      expect(await lastUsed()).toBe(now - 1_000);
      await used(now - 5_000);
      expect(await lastUsed()).toBe(now - 1_000);
      await used(now + 86_400_000);
      expect(await lastUsed()).toBeLessThan(now + 60_000);
    });
  });

  it('tell every process when they change', async () => {
    const seen: string[] = [];
    await auth.transport().notices.listen(apiKeysChanged, ({ key_ids: ids }) => void seen.push(...ids));
    const { id } = await keys.create();
    const changes: (() => Promise<unknown>)[] = [
      () => update(id, { name: 'other' }),
      () => rotate(id),
      () => revoke(id),
      () => revoke(id),
    ];
    for (const change of changes) {
      const before = seen.length;
      await change();
      await until('the change was told', 5_000, () => seen.length > before);
      expect(seen.at(-1)).toBe(id);
    }
  });
});
