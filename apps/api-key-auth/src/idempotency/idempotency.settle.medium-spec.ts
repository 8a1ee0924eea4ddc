import { randomUUID } from 'node:crypto';
import { idempotencyOperations, type StoredResponse } from '@signalbox/contracts';
import { RunningAuth } from '../running-auth-for-spec';

const response: StoredResponse = { status: 201, headers: { location: '/x' }, body: '{}' };
const LIMIT = 256 * 1024;

describe('idempotency.settle and idempotency.release', () => {
  let auth: RunningAuth;
  let input: { scope: string; key: string; digest: string };
  let id: string;

  const claim = () => auth.call(idempotencyOperations.claim, input);
  const settle = (change: Partial<StoredResponse> = {}, which = id) =>
    auth.call(idempotencyOperations.settle, { id: which, response: { ...response, ...change } });
  const release = (which = id) => auth.call(idempotencyOperations.release, { id: which });

  beforeAll(async () => {
    auth = await RunningAuth.start();
  }, 60_000);

  afterAll(() => auth.stop());

  beforeEach(async () => {
    input = { scope: 's', key: randomUUID(), digest: 'd' };
    const claimed = await claim();
    if (claimed.state !== 'run') throw new Error('The key was not free');
    id = claimed.id;
  });

  it('keeps the first response', async () => {
    await expect(settle()).resolves.toEqual({ stored: true });
    await expect(settle({ status: 500 })).resolves.toEqual({ stored: false });
    await expect(claim()).resolves.toEqual({ state: 'replay', response });
  });

  it.each([0, 1])('keeps a body of 256 KiB, and none that is longer (+%d)', async (more) => {
    const body = `"${'ü'.repeat((LIMIT - 2) / 2)}"${' '.repeat(more)}`;
    await expect(settle({ body })).resolves.toEqual({ stored: more === 0 });
    await expect(claim()).resolves.toEqual(
      more === 0 ? { state: 'replay', response: { ...response, body } } : { state: 'running' },
    );
  });

  it.each([
    ['long headers', { headers: { location: 'x'.repeat(16 * 1024) } }],
    ['a body that cannot be kept', { body: 'a\0b' }],
  ])('keeps no response with %s, and the claim stays', async (_what, change) => {
    await expect(settle(change)).resolves.toEqual({ stored: false });
    await auth.sql(`UPDATE idempotency_records SET claimed_at = now() - interval '3 minutes' WHERE id = $1`, [
      id,
    ]);
    await expect(claim()).resolves.toEqual({ state: 'run', id });
  });

  it('frees the key of a request that was refused', async () => {
    await expect(release()).resolves.toEqual({ released: true });
    input = { ...input, digest: 'another' };
    const again = await claim();
    expect(again.state).toBe('run');
    expect(again).not.toHaveProperty('id', id);
    await expect(settle()).resolves.toEqual({ stored: false });
  });

  it('frees no key that has its response', async () => {
    await settle();
    await expect(release()).resolves.toEqual({ released: false });
    await expect(claim()).resolves.toEqual({ state: 'replay', response });
  });

  it.each(['', 'x', `' OR true --`, randomUUID()])('knows no claim %p', async (unknown) => {
    await expect(settle({}, unknown)).resolves.toEqual({ stored: false });
    await expect(release(unknown)).resolves.toEqual({ released: false });
    await expect(claim()).resolves.toEqual({ state: 'running' });
  });
});
