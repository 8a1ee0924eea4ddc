import { readTokenHeader, secretKeyId } from './token-header';

const token = (header: unknown): string =>
  `${Buffer.from(typeof header === 'string' ? header : JSON.stringify(header)).toString('base64url')}.e30.c2ln`;

describe('readTokenHeader', () => {
  it('tells algorithm and key', () => {
    expect(readTokenHeader(token({ alg: 'ES256', typ: 'JWT', kid: 'k1' }))).toEqual({
      algorithm: 'ES256',
      kid: 'k1',
    });
    expect(readTokenHeader(token({ alg: 'HS256' }))).toEqual({ algorithm: 'HS256', kid: undefined });
  });

  it.each([
    ['a key', { jwk: { kty: 'oct', k: 'AA' } }],
    ['the URL of a key set', { jku: 'https://example.com/jwks.json' }],
    ['the URL of a certificate', { x5u: 'https://example.com/cert.pem' }],
    ['a certificate', { x5c: ['MIIB'] }],
    ['extensions', { crit: ['exp'] }],
    ['an unencoded payload', { b64: false }],
    ['a key id that is no text', { kid: { $ne: null } }],
    ['another type', { typ: 'at+jwt' }],
    ['no algorithm', { alg: undefined }],
  ])('refuses a header that brings %s', (_what, more) => {
    expect(readTokenHeader(token({ alg: 'HS256', typ: 'JWT', ...more }))).toBeNull();
  });

  it.each(['', '.', 'x', 'eyJ', token('null'), token('[]'), token('"alg"'), token('{"alg":'), '=.e30.x'])(
    'refuses %p',
    (text) => {
      expect(readTokenHeader(text)).toBeNull();
    },
  );

  it('does not decode what is too long', () => {
    expect(readTokenHeader(token({ alg: 'HS256', kid: 'x'.repeat(512) }))).toBeNull();
  });
});

describe('secretKeyId', () => {
  it('is the same for the same secret only, and no part of it', () => {
    const secret = 'a-secret-of-at-least-32-characters';
    expect(secretKeyId(secret)).toBe(secretKeyId(Buffer.from(secret)));
    expect(secretKeyId(secret)).not.toBe(secretKeyId(`${secret}!`));
    expect(secretKeyId(secret)).toMatch(/^[\w-]{16}$/);
  });
});
