import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ed25519Key, p256Key } from './public-key';

const der = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });

describe('the key of SendGrid', () => {
  it('is one on P-256, and no other', () => {
    expect(p256Key(der(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey))).toBeDefined();
    expect(p256Key(der(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey))).toBeUndefined();
    expect(p256Key(der(generateKeyPairSync('ed25519').publicKey))).toBeUndefined();
  });

  it.each(['', 'no key', 'AAAA'])('is not %j', (text) => {
    expect(p256Key(Buffer.from(text))).toBeUndefined();
  });
});

it('an Ed25519 key has 32 bytes', () => {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const raw = Buffer.from(x, 'base64url');
  expect(ed25519Key(raw)).toBeDefined();
  expect(ed25519Key(raw.subarray(1))).toBeUndefined();
  expect(ed25519Key(Buffer.concat([raw, raw]))).toBeUndefined();
});
