import { randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import {
  ACCESS_TOKEN_SECONDS,
  REFRESH_TOKEN_SECONDS,
  TOKEN_ISSUER,
  type TokenPair,
} from '@signalbox/contracts';
import { secretKeyId } from '@signalbox/security';
import type { KeyRing } from './key-ring';
import { environmentKey, makeKey, restoreKey, type SigningKey } from './signing-key';
import { TokensService, type Grant } from './tokens.service';

const SECRET = 'a-secret-of-at-least-32-characters';
const grant = (issuedAt = new Date()): Grant => ({
  userId: randomUUID(),
  sessionId: randomUUID(),
  tokenId: randomUUID(),
  issuedAt,
});

/** Newest first; the last one is that of tokens without a key id. */
const ringOf = (...keys: [SigningKey, ...SigningKey[]]): KeyRing =>
  ({
    current: () => keys[0],
    find: (kid = keys.at(-1)?.kid) => Promise.resolve(keys.find((key) => key.kid === kid)),
  }) as Partial<KeyRing> as KeyRing;

const environment = environmentKey(SECRET);
const elliptic = restoreKey(makeKey('ES256'));

describe.each([
  ['HS256', [environment]],
  ['HS256', [restoreKey(makeKey('HS256')), environment]],
  ['ES256', [elliptic, environment]],
] as [string, [SigningKey, ...SigningKey[]]][])('tokens signed with %s (%#)', (alg, keys) => {
  const plain = new JwtService();
  const tokens = new TokensService(new JwtService(), ringOf(...keys));

  it('makes the pair that the contract describes', () => {
    const given = grant(new Date('2026-11-21T12:00:00.900Z'));
    const { access, refresh, expires_in } = tokens.pair(given);
    const iat = Date.parse('2026-11-21T12:00:00Z') / 1000;
    const common = { sub: given.userId, sid: given.sessionId, iss: TOKEN_ISSUER, aud: TOKEN_ISSUER, iat };
    expect(plain.decode(access, { complete: true })).toMatchObject({
      header: { alg, typ: 'JWT', kid: keys[0].kid },
      payload: { ...common, typ: 'access', exp: iat + ACCESS_TOKEN_SECONDS },
    });
    expect(plain.decode(refresh)).toMatchObject({
      ...common,
      typ: 'refresh',
      jti: given.tokenId,
      exp: iat + REFRESH_TOKEN_SECONDS,
    });
    expect(expires_in).toBe(900);
  });

  it('makes the same pair from the same grant and another from another', () => {
    const given = grant();
    const said = ({ access, refresh }: TokenPair) =>
      [plain.decode(access), plain.decode(refresh)] as unknown[];
    expect(said(tokens.pair({ ...given }))).toEqual(said(tokens.pair(given)));
    if (alg === 'HS256') expect(tokens.pair({ ...given })).toEqual(tokens.pair(given));
    const next = tokens.pair({ ...given, tokenId: randomUUID() });
    expect(next.access).not.toBe(tokens.pair(given).access);
    expect(next.refresh).not.toBe(tokens.pair(given).refresh);
  });

  it('reads its own refresh token, and that of an older key', async () => {
    for (const key of keys) {
      const given = grant();
      const older = new TokensService(new JwtService(), ringOf(key));
      await expect(tokens.readRefresh(older.pair(given).refresh)).resolves.toEqual({
        sessionId: given.sessionId,
        tokenId: given.tokenId,
      });
    }
  });

  it('takes no access token for a refresh token', async () => {
    await expect(tokens.readRefresh(tokens.pair(grant()).access)).resolves.toBeNull();
  });

  it.each([
    [25, 'accepts'],
    [35, 'refuses'],
  ])('%i s after its end %s one', async (seconds, verdict) => {
    const old = new Date(Date.now() - (REFRESH_TOKEN_SECONDS + seconds) * 1000);
    const read = await tokens.readRefresh(tokens.pair(grant(old)).refresh);
    expect(read === null ? 'refuses' : 'accepts').toBe(verdict);
  });
});

describe('what is no refresh token of ours', () => {
  const tokens = new TokensService(new JwtService(), ringOf(elliptic, environment));
  const plain = new JwtService();
  const claims = () => ({ sub: randomUUID(), sid: randomUUID(), jti: randomUUID(), typ: 'refresh' });
  const ours = { issuer: TOKEN_ISSUER, audience: TOKEN_ISSUER };

  it('is refused, but what the next cases change one thing of is accepted', async () => {
    await expect(
      tokens.readRefresh(plain.sign(claims(), { ...ours, secret: SECRET })),
    ).resolves.not.toBeNull();
    await expect(
      tokens.readRefresh(plain.sign(claims(), { ...ours, secret: SECRET, keyid: secretKeyId(SECRET) })),
    ).resolves.not.toBeNull();
  });

  const { publicKey = '' } = elliptic.verifying as { publicKey?: string };
  it.each([
    ['signed with another key', () => plain.sign(claims(), { ...ours, secret: `${SECRET}!` })],
    ['not signed', () => plain.sign(claims(), { ...ours, algorithm: 'none', secret: '' })],
    ['of another algorithm', () => plain.sign(claims(), { ...ours, algorithm: 'HS512', secret: SECRET })],
    [
      'signed with the public key as if it were a secret',
      () => plain.sign(claims(), { ...ours, keyid: elliptic.kid, secret: Buffer.from(publicKey) }),
    ],
    ['of an unknown key', () => plain.sign(claims(), { ...ours, keyid: 'nobody-knows', secret: SECRET })],
    [
      'with a key of its own',
      () => plain.sign(claims(), { ...ours, header: { alg: 'HS256', jwk: '{}' } as never, secret: SECRET }),
    ],
    ['of another issuer', () => plain.sign(claims(), { ...ours, issuer: 'other', secret: SECRET })],
    ['for another audience', () => plain.sign(claims(), { ...ours, audience: 'other', secret: SECRET })],
    ['of the future', () => plain.sign(claims(), { ...ours, notBefore: 60, secret: SECRET })],
    [
      'with a session that is no id',
      () => plain.sign({ ...claims(), sid: "x'" }, { ...ours, secret: SECRET }),
    ],
    ['without an id of its own', () => plain.sign({ ...claims(), jti: null }, { ...ours, secret: SECRET })],
    ['a text that is no token', () => 'eyJ.eyJ.x'],
    ['empty', () => ''],
    [
      'very long',
      () => `${plain.sign({ ...claims(), pad: 'x'.repeat(5_000) }, { ...ours, secret: SECRET })}`,
    ],
  ])('a token %s', async (_what, make) => {
    await expect(tokens.readRefresh(make())).resolves.toBeNull();
  });
});
