import { apiKeyOperations } from '@signalbox/contracts';
import { ApiKeyHasher } from '@signalbox/security';
import { testLog } from '@signalbox/testing';
import { RunningAuth } from '../running-auth-for-spec';
import { Keys } from './keys-for-spec';

const OLD = 'the-old-pepper-'.repeat(3);
const NEW = 'the-new-pepper-'.repeat(3);

describe('the pepper of API keys', () => {
  let auth: RunningAuth;

  beforeAll(async () => {
    auth = await RunningAuth.start({ API_KEY_PEPPERS: OLD });
  }, 60_000);

  afterAll(() => auth.stop());

  it('can be replaced by another: keys move to it as they are used', async () => {
    const before = new Keys(auth, new ApiKeyHasher([OLD]));
    const used = await before.create();
    const unused = await before.create();
    const log = testLog();
    await auth.addReplica({ API_KEY_PEPPERS: [NEW, OLD] as never }, log);
    const resolve = (key: string, peppers: string[], replica = 1) => {
      const fingerprints = new ApiKeyHasher(peppers).fingerprints(key);
      return auth.call(apiKeyOperations.resolve, { fingerprints }, {}, replica);
    };

    await expect(resolve(used.key, [OLD, NEW])).resolves.toMatchObject({ id: used.id });
    await expect(resolve(used.key, [NEW])).resolves.toBeNull();
    await expect(resolve(used.key, [NEW, OLD])).resolves.toMatchObject({ id: used.id });
    await expect(resolve(used.key, [NEW])).resolves.toMatchObject({ id: used.id });
    await expect(resolve(used.key, [OLD])).resolves.toBeNull();
    await expect(resolve(unused.key, [NEW])).resolves.toBeNull();
    expect(log.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);

    await auth.addReplica({ API_KEY_PEPPERS: [NEW] as never }, log);
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        level: 50,
        secrets: 1,
        pepper: new ApiKeyHasher([OLD]).names[0],
      }),
    );
    expect(JSON.stringify(log.lines)).not.toContain(OLD);
  });
});
