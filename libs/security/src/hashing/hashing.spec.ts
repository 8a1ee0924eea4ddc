import { createHmac } from 'node:crypto';
import { constantTimeEqual, keyedHash, randomToken, sha256Hex } from './hashing';

describe('constantTimeEqual', () => {
  it.each([
    ['', ''],
    ['secret', 'secret'],
    ['Grüße', Buffer.from('Grüße')],
  ])('takes %j for %j', (a, b) => {
    expect(constantTimeEqual(a, b)).toBe(true);
  });

  it.each([
    ['secret', 'Secret'],
    ['secret', 'secret '],
    ['', 'x'],
    ['a', Buffer.from([0])],
  ])('tells %j from %j', (a, b) => {
    expect(constantTimeEqual(a, b)).toBe(false);
  });
});

describe('sha256Hex', () => {
  it('is SHA-256', () => {
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect([sha256Hex('abc'), sha256Hex(Buffer.from('abc'))]).toEqual([expected, expected]);
  });
});

describe('keyedHash', () => {
  it('is HMAC-SHA-256 under the pepper (RFC 4231, case 2)', () => {
    expect(keyedHash('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('depends on the pepper, in text or bytes', () => {
    expect(keyedHash('one', 'key')).not.toBe(keyedHash('two', 'key'));
    const pepper = Buffer.from([1, 2, 255]);
    expect(keyedHash(pepper, 'key')).toBe(createHmac('sha256', pepper).update('key').digest('hex'));
  });
});

describe('randomToken', () => {
  it('is base64url of that many bytes, never the same', () => {
    const tokens = Array.from({ length: 100 }, () => randomToken(24));
    for (const token of tokens) expect(token).toMatch(/^[\w-]{32}$/);
    expect(new Set(tokens).size).toBe(100);
  });
});
