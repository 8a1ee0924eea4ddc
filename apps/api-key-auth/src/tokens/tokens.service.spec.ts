import { randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { Test } from '@nestjs/testing';
import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS, TOKEN_ISSUER } from '@signalbox/contracts';
import { TokensModule } from './tokens.module';
import { TokensService, type Grant } from './tokens.service';

const SECRET = 'a-secret-of-at-least-32-characters';
const grant = (issuedAt = new Date()): Grant => ({
  userId: randomUUID(),
  sessionId: randomUUID(),
  tokenId: randomUUID(),
  issuedAt,
});

describe('TokensService', () => {
  let tokens: TokensService;
  const plain = new JwtService();

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [TokensModule.signedWith(SECRET)] }).compile();
    tokens = module.get(TokensService);
  });

  it('makes the pair that the contract describes', () => {
    const given = grant(new Date('2026-11-21T12:00:00.900Z'));
    const { access, refresh, expires_in } = tokens.pair(given);
    const iat = Date.parse('2026-11-21T12:00:00Z') / 1000;
    const common = { sub: given.userId, sid: given.sessionId, iss: TOKEN_ISSUER, aud: TOKEN_ISSUER, iat };
    expect(plain.decode(access, { complete: true })).toMatchObject({
      header: { alg: 'HS256', typ: 'JWT' },
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
    expect(tokens.pair({ ...given })).toEqual(tokens.pair(given));
    const next = tokens.pair({ ...given, tokenId: randomUUID() });
    expect(next.access).not.toBe(tokens.pair(given).access);
    expect(next.refresh).not.toBe(tokens.pair(given).refresh);
  });

  it('reads its own refresh token', () => {
    const given = grant();
    expect(tokens.readRefresh(tokens.pair(given).refresh)).toEqual({
      sessionId: given.sessionId,
      tokenId: given.tokenId,
    });
  });

  it('takes no access token for a refresh token', () => {
    expect(tokens.readRefresh(tokens.pair(grant()).access)).toBeNull();
  });

  it('refuses what has expired', () => {
    const old = new Date(Date.now() - (REFRESH_TOKEN_SECONDS + 1) * 1000);
    expect(tokens.readRefresh(tokens.pair(grant(old)).refresh)).toBeNull();
  });

  const claims = () => ({ sub: randomUUID(), sid: randomUUID(), jti: randomUUID(), typ: 'refresh' });
  const ours = { issuer: TOKEN_ISSUER, audience: TOKEN_ISSUER };

  it('accepts what the next cases change one thing of', () => {
    expect(tokens.readRefresh(plain.sign(claims(), { ...ours, secret: SECRET }))).not.toBeNull();
  });

  it.each([
    ['signed with another key', () => plain.sign(claims(), { ...ours, secret: `${SECRET}!` })],
    ['not signed', () => plain.sign(claims(), { ...ours, algorithm: 'none', secret: '' })],
    ['of another algorithm', () => plain.sign(claims(), { ...ours, algorithm: 'HS512', secret: SECRET })],
    ['of another issuer', () => plain.sign(claims(), { ...ours, issuer: 'other', secret: SECRET })],
    ['for another audience', () => plain.sign(claims(), { ...ours, audience: 'other', secret: SECRET })],
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
  ])('refuses a token %s', (_what, make) => {
    expect(tokens.readRefresh(make())).toBeNull();
  });
});
