import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { TOKEN_ISSUER, TOKEN_SKEW_SECONDS, type PublicJwk } from '@signalbox/contracts';
import { secretKeyId } from '@signalbox/security';
import { until } from '@signalbox/testing';
import { probesAt } from './probe-surfaces-for-spec';
import { RunningGateway, type SignedIn } from './running-gateway-for-spec';

type Json = Readonly<Record<string, unknown>>;
type Signer = (input: string) => Buffer;

const encoded = (part: Json | string): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const hmac =
  (secret: string | Buffer, hash = 'sha256'): Signer =>
  (input) =>
    createHmac(hash, secret).update(input).digest();
const ecdsa =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });

/** Written out by hand: a library would refuse to make most of these. */
function forge(header: Json, claims: Json, signer: Signer): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const KID = 'elliptic-key';
const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwk = (key: KeyObject): PublicJwk => {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return { kty: 'EC', crv: 'P-256', x, y };
};

describe('a forged token', () => {
  let gateway: RunningGateway;
  let signedIn: SignedIn;
  let secret: string;

  beforeAll(async () => {
    gateway = await RunningGateway.start();
    ({ secret } = gateway);
    gateway.auth.signingKeys = [
      { kid: KID, algorithm: 'ES256', public_key: jwk(ours.publicKey), accepted_until: null },
      { kid: secretKeyId(secret), algorithm: 'HS256', accepted_until: null },
    ];
    signedIn = gateway.signIn();
    await until('the gateway knows the keys', 10_000, async () => (await status(elliptic())) === 200);
  }, 60_000);

  afterAll(() => gateway.stop());

  const now = () => Math.floor(Date.now() / 1000);
  const claims = (more: Json = {}): Json => ({
    sub: signedIn.userId,
    sid: signedIn.sessionId,
    jti: randomUUID(),
    typ: 'access',
    iss: TOKEN_ISSUER,
    aud: TOKEN_ISSUER,
    iat: now(),
    exp: now() + 900,
    ...more,
  });
  const symmetric = (header: Json = {}, more: Json = {}): string =>
    forge({ alg: 'HS256', typ: 'JWT', kid: secretKeyId(secret), ...header }, claims(more), hmac(secret));
  const elliptic = (header: Json = {}, signer: Signer = ecdsa(ours.privateKey)): string =>
    forge({ alg: 'ES256', typ: 'JWT', kid: KID, ...header }, claims(), signer);
  const status = async (token: string): Promise<number> =>
    (await gateway.fetch(`${probesAt('automation')}/me`, { token })).status;

  it.each([
    ['signed with the secret', () => symmetric()],
    ['from before tokens named their key', () => symmetric({ kid: undefined })],
    ['signed with the elliptic key', () => elliptic()],
    ['for several audiences, ours among them', () => symmetric({}, { aud: ['other', TOKEN_ISSUER] })],
    ['that ended within the skew', () => symmetric({}, { exp: now() - TOKEN_SKEW_SECONDS + 5 })],
    ['that begins within the skew', () => symmetric({}, { nbf: now() + TOKEN_SKEW_SECONDS - 5 })],
  ])('would be a good one %s: what the attacks change one thing of', async (_what, make) => {
    expect(await status(make())).toBe(200);
  });

  it.each([
    ['alg none, no signature', () => `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims())}.`],
    ['alg none, some signature', () => symmetric({ alg: 'none' })],
    ['alg None', () => symmetric({ alg: 'None' })],
    ['alg none for the elliptic key', () => elliptic({ alg: 'none' }, () => Buffer.alloc(0))],
    ['no alg', () => symmetric({ alg: undefined })],
    [
      'another algorithm of the same secret',
      () => forge({ alg: 'HS512', typ: 'JWT', kid: secretKeyId(secret) }, claims(), hmac(secret, 'sha512')),
    ],
    ['the public key as secret (PEM)', () => elliptic({ alg: 'HS256' }, hmac(PEM))],
    [
      'the public key as secret (DER)',
      () => elliptic({ alg: 'HS256' }, hmac(ours.publicKey.export({ type: 'spki', format: 'der' }))),
    ],
    [
      'the public key as secret (JWK)',
      () => elliptic({ alg: 'HS256' }, hmac(JSON.stringify(jwk(ours.publicKey)))),
    ],
    ['the secret for the elliptic key', () => elliptic({}, hmac(secret))],
    ['the elliptic key under the secret’s id', () => elliptic({ kid: secretKeyId(secret) })],
    ['another elliptic key', () => elliptic({}, ecdsa(theirs.privateKey))],
    ['an elliptic signature of zeros', () => elliptic({}, () => Buffer.alloc(64))],
    ['an unknown kid', () => symmetric({ kid: 'nobody-knows' })],
    ['an empty kid', () => symmetric({ kid: '' })],
    ['a kid that is a path', () => symmetric({ kid: '../../../dev/null' })],
    ['a kid that is a property of objects', () => symmetric({ kid: '__proto__' })],
    ['a kid that is no text', () => symmetric({ kid: { toString: 'x' } })],
    ['an embedded key', () => elliptic({ jwk: jwk(theirs.publicKey) }, ecdsa(theirs.privateKey))],
    [
      'an embedded key and no kid',
      () => elliptic({ jwk: jwk(theirs.publicKey), kid: undefined }, ecdsa(theirs.privateKey)),
    ],
    ['a good signature beside an embedded key', () => elliptic({ jwk: jwk(ours.publicKey) })],
    ['the URL of a key set', () => elliptic({ jku: 'https://example.com/jwks.json' })],
    ['the URL of a certificate', () => elliptic({ x5u: 'https://example.com/cert.pem' })],
    ['a certificate', () => elliptic({ x5c: ['MIIB'] })],
    ['critical extensions', () => symmetric({ crit: ['exp'] })],
    ['critical extensions that are none', () => symmetric({ crit: [] })],
    ['another type', () => symmetric({ typ: 'at+jwt' })],
    ['another audience', () => symmetric({}, { aud: 'other' })],
    ['no audience', () => symmetric({}, { aud: undefined })],
    ['another issuer', () => symmetric({}, { iss: 'https://evil.example' })],
    ['no issuer', () => symmetric({}, { iss: undefined })],
    ['an end beyond the skew', () => symmetric({}, { exp: now() - TOKEN_SKEW_SECONDS - 5 })],
    ['no end', () => symmetric({}, { exp: undefined })],
    ['an end that is text', () => symmetric({}, { exp: '9999999999' })],
    ['a beginning beyond the skew', () => symmetric({}, { nbf: now() + TOKEN_SKEW_SECONDS + 5 })],
    ['a beginning that is text', () => symmetric({}, { nbf: 'now' })],
    ['the use of a refresh token', () => symmetric({}, { typ: 'refresh' })],
    ['another user’s session', () => symmetric({}, { sub: randomUUID() })],
    ['a session that is none', () => symmetric({}, { sid: randomUUID() })],
    [
      'changed claims',
      () => {
        const [header, , signature] = symmetric().split('.');
        return [header, encoded(claims({ sub: randomUUID() })), signature].join('.');
      },
    ],
    ['another secret', () => forge({ alg: 'HS256', typ: 'JWT' }, claims(), hmac(`${secret}!`))],
    ['an empty secret', () => forge({ alg: 'HS256', typ: 'JWT' }, claims(), hmac(''))],
    ['no signature', () => `${symmetric().split('.').slice(0, 2).join('.')}.`],
    ['a header that is no JSON', () => `${encoded('{"alg":')}.${encoded(claims())}.AAAA`],
  ])('with %s is refused', async (_what, make) => {
    expect(await status(make())).toBe(401);
  });

  it('is refused again when it comes again, and does not make good ones bad', async () => {
    const [good, bad] = [symmetric(), symmetric({ kid: 'nobody-knows' })];
    for (let i = 0; i < 3; i += 1) {
      expect(await status(good)).toBe(200);
      expect(await status(bad)).toBe(401);
    }
  });

  it('with invented key ids does not make the gateway ask for each', async () => {
    const before = gateway.auth.keyCalls;
    await Promise.all(Array.from({ length: 50 }, () => status(symmetric({ kid: randomUUID() }))));
    expect(gateway.auth.keyCalls - before).toBeLessThanOrEqual(2);
  });
});
