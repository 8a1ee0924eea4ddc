import { createHmac } from 'node:crypto';
import { ApiKeyHasher } from './api-key-hasher';

const [OLD, NEW] = ['old-pepper-'.repeat(4), 'new-pepper-'.repeat(4)];
const KEY = 'eak_0123456789abcdefghijklmnopqrstuv';

describe('ApiKeyHasher', () => {
  it('makes HMAC-SHA256', () => {
    const { hash } = new ApiKeyHasher([NEW]).fingerprint(KEY);
    expect(hash).toBe(createHmac('sha256', NEW).update(KEY).digest('base64url'));
    expect(new ApiKeyHasher([NEW]).digest(KEY).toString('base64url')).toBe(hash);
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
