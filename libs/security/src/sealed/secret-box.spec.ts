import { randomBytes } from 'node:crypto';
import { SecretBox, SecretBoxError } from './secret-box';

const newKey = () => randomBytes(32).toString('base64');
const ROW = 'webhooks:0197:secret';
const PLAINTEXT = 'whsec_pl41nt3xt Grüße 😀';

function errorOf(act: () => unknown): SecretBoxError {
  try {
    act();
  } catch (error) {
    if (error instanceof SecretBoxError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

describe('SecretBox', () => {
  const key = newKey();
  const box = new SecretBox(key);

  it.each([PLAINTEXT, '', 'x'.repeat(100_000)])('opens what it sealed', (plaintext) => {
    expect(box.open(box.seal(plaintext, ROW), ROW)).toBe(plaintext);
  });

  it('opens what another box with the same key sealed', () => {
    expect(new SecretBox(key).open(box.seal(PLAINTEXT, ROW), ROW)).toBe(PLAINTEXT);
  });

  it('seals the same text differently each time, and never readably', () => {
    const sealed = Array.from({ length: 50 }, () => box.seal(PLAINTEXT, ROW));
    expect(new Set(sealed).size).toBe(50);
    for (const text of sealed) {
      expect(text).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/);
      expect(Buffer.from(text.split('.')[2] ?? '', 'base64url').includes('whsec')).toBe(false);
    }
  });

  it('opens for no other row', () => {
    const error = errorOf(() => box.open(box.seal(PLAINTEXT, ROW), 'webhooks:0198:secret'));
    expect(error.code).toBe('not_authentic');
  });

  it('opens nothing that was changed, wherever', () => {
    const sealed = box.seal(PLAINTEXT, ROW);
    const [version, id, payload = ''] = sealed.split('.');
    const bytes = Buffer.from(payload, 'base64url');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
      const text = `${version}.${id}.${changed.toString('base64url')}`;
      expect(errorOf(() => box.open(text, ROW)).code).toBe('not_authentic');
    }
    const shortened = `${version}.${id}.${bytes.subarray(0, -1).toString('base64url')}`;
    expect(errorOf(() => box.open(shortened, ROW)).code).toBe('not_authentic');
  });

  it('says so when the key is another', () => {
    expect(errorOf(() => new SecretBox(newKey()).open(box.seal(PLAINTEXT, ROW), ROW)).code).toBe(
      'unknown_key',
    );
  });

  it('opens with older keys and seals with the current one', () => {
    const current = newKey();
    const rotated = new SecretBox(current, [newKey(), key]);
    expect(rotated.open(box.seal(PLAINTEXT, ROW), ROW)).toBe(PLAINTEXT);
    const resealed = rotated.seal(PLAINTEXT, ROW);
    expect(new SecretBox(current).open(resealed, ROW)).toBe(PLAINTEXT);
    expect(errorOf(() => box.open(resealed, ROW)).code).toBe('unknown_key');
  });

  it.each(['', PLAINTEXT, 'v1.abc', 'v2.abcdefgh.AAAA', 'v1.abcdefgh.AAAA', 'v1.abcdefgh.', 'v1.a.b.c'])(
    '%j is not sealed',
    (text) => {
      expect(errorOf(() => box.open(text, ROW)).code).toBe('malformed');
    },
  );

  it.each(['', 'short', randomBytes(31).toString('base64'), randomBytes(33).toString('base64')])(
    'takes no key that is not 32 bytes: %j',
    (text) => {
      expect(errorOf(() => new SecretBox(text)).code).toBe('invalid_key');
      expect(errorOf(() => new SecretBox(key, [text])).code).toBe('invalid_key');
    },
  );

  it('tells neither plaintext nor sealed text nor key in its errors', () => {
    const sealed = box.seal(PLAINTEXT, ROW);
    const other = newKey();
    const errors = [
      errorOf(() => box.open(sealed, 'other')),
      errorOf(() => new SecretBox(other).open(sealed, ROW)),
      errorOf(() => box.open(PLAINTEXT, ROW)),
      errorOf(() => new SecretBox(`AAAA${other}`)),
    ];
    for (const { message } of errors) {
      for (const secret of [PLAINTEXT, sealed, key, other]) expect(message).not.toContain(secret);
    }
  });
});
