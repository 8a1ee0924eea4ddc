import { createPublicKey, generateKeyPairSync, randomBytes, verify, type JsonWebKey } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { signingKeysChanged, TOKEN_ISSUER, type VerifyingKeyView } from '@signalbox/contracts';
import { secretKeyId } from '@signalbox/security';
import { until } from '@signalbox/testing';
import { probesAt } from './probe-surfaces-for-spec';
import { RunningGateway, type SignedIn } from './running-gateway-for-spec';

const NAMES = { issuer: TOKEN_ISSUER, audience: TOKEN_ISSUER, expiresIn: 900 };

describe('the keys that the gateway accepts tokens of', () => {
  let gateway: RunningGateway;
  let signedIn: SignedIn;
  let environment: VerifyingKeyView;
  const jwt = new JwtService();

  beforeEach(async () => {
    gateway = await RunningGateway.start();
    signedIn = gateway.signIn();
    environment = { kid: secretKeyId(gateway.secret), algorithm: 'HS256', accepted_until: null };
    await until('the gateway has asked for the keys', 5_000, () => gateway.auth.keyCalls > 0);
  }, 60_000);

  afterEach(() => gateway.stop());

  const claims = () => ({ sub: signedIn.userId, sid: signedIn.sessionId, typ: 'access' });
  const status = async (token: string): Promise<number> =>
    (await gateway.fetch(`${probesAt('automation')}/me`, { token })).status;

  function secretKey() {
    const secret = randomBytes(32);
    const kid = secretKeyId(secret);
    const view = (accepted_until: string | null = null): VerifyingKeyView => ({
      kid,
      algorithm: 'HS256',
      secret: secret.toString('base64url'),
      accepted_until,
    });
    return { view, token: () => jwt.sign(claims(), { ...NAMES, secret, keyid: kid }) };
  }

  it('learns a key that it was not told of from the first token that names it', async () => {
    const { view, token } = secretKey();
    expect(await status(token())).toBe(401);
    gateway.auth.signingKeys = [view(), environment];
    await until('the token is accepted', 5_000, async () => (await status(token())) === 200);
    expect(await status(signedIn.token)).toBe(200);
  });

  it('learns one at once when it is told, however many ids were invented before', async () => {
    const { view, token } = secretKey();
    for (let i = 0; i < 20; i += 1) expect(await status(secretKey().token())).toBe(401);
    gateway.auth.signingKeys = [view(), environment];
    const before = gateway.auth.keyCalls;
    gateway.transport.notices.tell(signingKeysChanged, {});
    await until('the gateway asks', 1_000, () => gateway.auth.keyCalls > before);
    await until('the token is accepted', 1_000, async () => (await status(token())) === 200);
  });

  it('refuses what a retired key has signed, tokens it has seen among them', async () => {
    expect(await status(signedIn.token)).toBe(200);
    const soon = new Date(Date.now() + 1_000).toISOString();
    gateway.auth.signingKeys = [secretKey().view(), { ...environment, accepted_until: soon }];
    gateway.transport.notices.tell(signingKeysChanged, {});
    await until('the token is refused', 5_000, async () => (await status(signedIn.token)) === 401);
    gateway.auth.signingKeys = [secretKey().view()];
    gateway.transport.notices.tell(signingKeysChanged, {});
    expect(await status(signedIn.token)).toBe(401);
  });

  it('publishes what others can verify the tokens with, and never a secret', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const token = jwt.sign(claims(), { ...NAMES, algorithm: 'ES256', privateKey, keyid: 'elliptic' });
    expect(await (await gateway.fetch('/.well-known/jwks.json')).json()).toEqual({ keys: [] });

    gateway.auth.signingKeys = [
      {
        kid: 'elliptic',
        algorithm: 'ES256',
        public_key: { kty: 'EC', crv: 'P-256', x, y },
        accepted_until: null,
      },
      secretKey().view(),
      environment,
    ];
    await until('the token is accepted', 5_000, async () => (await status(token)) === 200);
    const response = await gateway.fetch('/.well-known/jwks.json');
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    const { keys } = (await response.json()) as { keys: JsonWebKey[] };
    expect(keys).toEqual([{ kty: 'EC', crv: 'P-256', x, y, kid: 'elliptic', alg: 'ES256', use: 'sig' }]);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
    expect(
      verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        { key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true);
  });
});
