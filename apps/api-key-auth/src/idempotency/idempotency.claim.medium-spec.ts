import { createHash, randomUUID } from 'node:crypto';
import {
  idempotencyOperations,
  userOperations,
  type IdempotencyClaim,
  type StoredResponse,
} from '@signalbox/contracts';
import { ADMIN, refusal, RunningAuth } from '../running-auth-for-spec';

const digestOf = (body: string) => createHash('sha256').update(body).digest('hex');
const response: StoredResponse = {
  status: 201,
  headers: { 'content-type': 'application/json', location: '/x' },
  body: '{"id":"1","name":"\\u0000 ümläut","secret":"********"}',
};

describe('idempotency.claim', () => {
  let auth: RunningAuth;
  let key: string;
  const scope = 'user:1 POST /api/v1/webhooks';
  const claim = (body = 'a', more: { scope?: string; key?: string } = {}, replica = 0) =>
    auth.call(idempotencyOperations.claim, { scope, key, digest: digestOf(body), ...more }, {}, replica);
  const run = async (body = 'a') => {
    const claimed = await claim(body);
    if (claimed.state !== 'run') throw new Error(`Expected to run, not ${claimed.state}`);
    return claimed.id;
  };
  const settle = (id: string) => auth.call(idempotencyOperations.settle, { id, response });
  const age = (column: 'claimed_at' | 'created_at', seconds: number) =>
    auth.sql(
      `UPDATE idempotency_records SET ${column} = ${column} - $2 * interval '1 second' WHERE key = $1`,
      [key, seconds],
    );

  beforeAll(async () => {
    auth = await RunningAuth.start();
    await auth.addReplica();
  }, 60_000);

  afterAll(() => auth.stop());

  beforeEach(() => {
    key = randomUUID();
  });

  it('lets the first run, with an id for what it creates', async () => {
    await expect(claim()).resolves.toEqual({
      state: 'run',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
    });
  });

  it('lets no second run while the first is under way', async () => {
    await run();
    await expect(claim('a', {}, 1)).resolves.toEqual({ state: 'running' });
  });

  it('answers the response of the first again', async () => {
    await settle(await run());
    await expect(claim('a', {}, 1)).resolves.toEqual({ state: 'replay', response });
    await expect(claim()).resolves.toEqual({ state: 'replay', response });
  });

  it('refuses another body, under way and afterwards', async () => {
    const id = await run();
    await expect(claim('b')).resolves.toEqual({ state: 'mismatch' });
    await settle(id);
    await expect(claim('b')).resolves.toEqual({ state: 'mismatch' });
    await expect(claim('a')).resolves.toEqual({ state: 'replay', response });
  });

  it('keeps scopes and keys apart', async () => {
    const ids = [
      await claim('a'),
      await claim('b', { scope: 'user:2 POST /api/v1/webhooks' }),
      await claim('b', { key: randomUUID() }),
      await claim('b', { scope: `${scope}${key[0]}`, key: key.slice(1) }),
    ].map((claimed) => claimed.state === 'run' && claimed.id);
    expect(new Set(ids).size).toBe(4);
    expect(ids).not.toContain(false);
  });

  it('takes a path of any length', async () => {
    const long = `user:1 POST /${'x'.repeat(100_000)}\0`;
    await expect(claim('a', { scope: long })).resolves.toMatchObject({ state: 'run' });
    await expect(claim('a', { scope: long })).resolves.toEqual({ state: 'running' });
    await expect(claim('a', { scope: `${long}y` })).resolves.toMatchObject({ state: 'run' });
  });

  it.each(['', 'x'.repeat(256), 'a\0b', '\ud800'])('refuses a key that is none (%#)', async (wrong) => {
    await expect(refusal(claim('a', { key: wrong }))).resolves.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field: 'Idempotency-Key' }],
    });
  });

  it('lets one of many run', async () => {
    const claims = await Promise.all(Array.from({ length: 40 }, (_, n) => claim('a', {}, n % 2)));
    expect(states(claims)).toEqual({ run: 1, running: 39 });
  });

  it('lets one of many with different bodies run', async () => {
    const claims = await Promise.all(Array.from({ length: 40 }, (_, n) => claim(`body ${n}`, {}, n % 2)));
    expect(states(claims)).toEqual({ run: 1, mismatch: 39 });
  });

  describe('of one who died while it ran', () => {
    it('goes to another, under the same id', async () => {
      const id = await run();
      await age('claimed_at', 100);
      await expect(claim()).resolves.toEqual({ state: 'running' });
      await age('claimed_at', 21);
      await expect(claim('a', {}, 1)).resolves.toEqual({ state: 'run', id });
      await expect(claim()).resolves.toEqual({ state: 'running' });
    });

    it('goes to one of many', async () => {
      await run();
      await age('claimed_at', 121);
      const claims = await Promise.all(Array.from({ length: 40 }, (_, n) => claim('a', {}, n % 2)));
      expect(states(claims)).toEqual({ run: 1, running: 39 });
    });

    it('does not go to one with another body', async () => {
      const id = await run();
      await age('claimed_at', 121);
      await expect(claim('b')).resolves.toEqual({ state: 'mismatch' });
      await expect(claim('a')).resolves.toEqual({ state: 'run', id });
    });

    it('does not go to anybody once it is settled', async () => {
      await settle(await run());
      await age('claimed_at', 121);
      await expect(claim()).resolves.toEqual({ state: 'replay', response });
    });

    it('makes what it makes once', async () => {
      const input = { username: `made-${key}`, password: 'correct horse', email: '' };
      const create = (idempotencyId: string) =>
        auth.call(userOperations.create, input, { principal: ADMIN, idempotencyId });
      const user = await create(await run());
      await age('claimed_at', 121);
      await expect(create(await run())).resolves.toEqual(user);
    });
  });

  describe('after 24 hours', () => {
    it.each([
      ['settled', true],
      ['under way', false],
    ])('starts anew what was %s, under a new id and with any body', async (_what, settled) => {
      const old = await run('a');
      if (settled) await settle(old);
      await age('created_at', 24 * 3600 - 60);
      await expect(claim('a')).resolves.toMatchObject({ state: settled ? 'replay' : 'running' });
      await age('created_at', 61);
      const fresh = await run('b');
      expect(fresh).not.toBe(old);
      await expect(claim('a')).resolves.toEqual({ state: 'mismatch' });
      await expect(settle(old)).resolves.toEqual({ stored: false });
      await expect(claim('b')).resolves.toEqual({ state: 'running' });
    });
  });
});

function states(claims: IdempotencyClaim[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of claims) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
