import { createHmac } from 'node:crypto';
import { ApiKeyHasher } from './api-key-hasher';

const [OLD, NEW] = ['old-pepper-'.repeat(4), 'new-pepper-'.repeat(4)];
const KEY = 'eak_0123456789abcdefghijklmnopqrstuv';

describe('ApiKeyHasher', () => {
  it('makes HMAC-SHA256', () => {
    for (const length of [1, 32, 63, 64, 65, 1_024]) {
      const pepper = 'é'.repeat(length / 2) + 'p';
      const hasher = new ApiKeyHasher([pepper]);
      for (const text of ['', 'a', KEY, 'k'.repeat(256), KEY]) {
        const expected = createHmac('sha256', pepper).update(text).digest();
        expect(Buffer.from(hasher.digest(text), 'latin1')).toEqual(expected);
        expect(hasher.fingerprint(text).hash).toBe(expected.toString('base64url'));
      }
    }
  });

  it('hashes nothing that is too long for a key', () => {
    expect(() => new ApiKeyHasher([NEW]).digest('k'.repeat(257))).toThrow('too long');
  });

  it('names a pepper the same wherever it stands, without telling it', () => {
    const both = new ApiKeyHasher([NEW, OLD]);
    expect(both.names).toEqual([...new ApiKeyHasher([NEW]).names, ...new ApiKeyHasher([OLD]).names]);
    for (const name of both.names) expect(name).toMatch(/^[0-9a-f]{8}$/);
    expect(new Set(both.names).size).toBe(2);
  });

  it('finds with a second pepper what was made when it was the first', () => {
    const before = new ApiKeyHasher([OLD]).fingerprint(KEY);
    const [current, former] = new ApiKeyHasher([NEW, OLD]).fingerprints(KEY);
    expect(former).toEqual(before);
    expect(current).toEqual(new ApiKeyHasher([NEW, OLD]).fingerprint(KEY));
    expect(current?.hash).not.toBe(before.hash);
  });

  it('is nothing without a pepper', () => {
    expect(() => new ApiKeyHasher([])).toThrow('no pepper');
  });
});
