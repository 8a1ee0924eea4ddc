import {
  authOperations,
  signingKeyOperations,
  signingKeysChanged,
  type TokenPair,
} from '@signalbox/contracts';
import { secretKeyId } from '@signalbox/security';
import { until } from '@signalbox/testing';
import { HERE, refusal, RunningAuth } from '../running-auth-for-spec';
import { rotateSigningKey } from './rotate-signing-key';

const SECRET = 'test-admin-secret-0123456789';
const JWT_SECRET = 'test-jwt-secret-0123456789-0123456789-0123456789';

const headerOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { alg: string; kid: string };

describe('the ring of signing keys', () => {
  let auth: RunningAuth;

  beforeEach(async () => {
    auth = await RunningAuth.start();
  }, 60_000);

  afterEach(() => auth.stop());

  const login = (replica = 0): Promise<TokenPair> =>
    auth.call(authOperations.loginWithSecret, { secret: SECRET, origin: HERE }, {}, replica);
  const refresh = (token: string, replica = 0) =>
    auth.call(authOperations.refresh, { refresh: token, origin: HERE }, {}, replica);
  const keys = async (replica = 0) => (await auth.call(signingKeyOperations.list, {}, {}, replica)).keys;

  it('is the secret of the environment at first', async () => {
    const kid = secretKeyId(JWT_SECRET);
    expect(headerOf((await login()).access)).toEqual({ alg: 'HS256', typ: 'JWT', kid });
    expect(await keys()).toEqual([{ kid, algorithm: 'HS256', accepted_until: null }]);
  });

  it('signs with the newest key, and goes on taking what those before it have signed', async () => {
    const before = await login();
    const first = await rotateSigningKey(auth.config, auth.log, 'ES256');
    expect(first.algorithm).toBe('ES256');
    const [newest, old, ...none] = await keys();
    expect(none).toEqual([]);
    expect(newest).toEqual({
      kid: first.kid,
      algorithm: 'ES256',
      public_key: {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String) as string,
        y: expect.any(String) as string,
      },
      accepted_until: null,
    });
    expect(old).toMatchObject({ kid: secretKeyId(JWT_SECRET) });
    // A quarter of an hour, the skew, and the time that another replica may take to notice.
    const left = Date.parse(old?.accepted_until ?? '') - Date.now();
    expect(left).toBeGreaterThan((900 + 30) * 1000);
    expect(left).toBeLessThan((900 + 30 + 180) * 1000);

    const pair = await refresh(before.refresh);
    expect(headerOf(pair.access)).toMatchObject({ alg: 'ES256', kid: first.kid });
    const second = await rotateSigningKey(auth.config, auth.log);
    expect(second.algorithm).toBe('ES256');
    await keys();
    expect(headerOf((await refresh(pair.refresh)).refresh)).toMatchObject({ kid: second.kid });
  });

  it('repeats a refresh with the same claims under an elliptic key', async () => {
    await rotateSigningKey(auth.config, auth.log, 'ES256');
    await keys();
    const { refresh: token } = await login();
    const claims = ({ refresh: next }: TokenPair) => next.split('.').slice(0, 2);
    const first = await refresh(token);
    expect(claims(await refresh(token))).toEqual(claims(first));
    await expect(refresh(first.refresh)).resolves.toBeDefined();
  });

  it('keeps no key readable in the database', async () => {
    await rotateSigningKey(auth.config, auth.log, 'ES256');
    await rotateSigningKey(auth.config, auth.log, 'HS256');
    const [{ secret = '' } = {}] = await keys();
    expect(secret).not.toBe('');
    const rows = JSON.stringify(await auth.sql('SELECT * FROM signing_keys'));
    expect(rows).not.toMatch(/PRIVATE KEY/);
    expect(rows).not.toContain(secret);
  });

  it('is the same on every replica, whoever hears of a new key first', async () => {
    await auth.addReplica();
    const { kid } = await rotateSigningKey(auth.config, auth.log, 'HS256');
    await keys(0);
    const { refresh: token, access } = await login(0);
    expect(headerOf(access).kid).toBe(kid);
    // The other one has not looked since.
    await until('the other replica takes it', 5_000, () => refresh(token, 1).catch(() => false));
  });

  it('is looked at again by whoever is told', async () => {
    const { kid } = await rotateSigningKey(auth.config, auth.log, 'HS256');
    auth.transport().notices.tell(signingKeysChanged, {});
    await until('tokens are signed with the new key', 5_000, async () => {
      return headerOf((await login()).access).kid === kid;
    });
  });

  it('is noticed by replicas that nobody tells', async () => {
    const { kid } = await rotateSigningKey(auth.config, auth.log, 'HS256');
    await until('tokens are signed with the new key', 30_000, async () => {
      return headerOf((await login()).access).kid === kid;
    });
  }, 60_000);

  it('lets go of keys of which no token can be left, the secret of the environment among them', async () => {
    const { refresh: token } = await login();
    await rotateSigningKey(auth.config, auth.log, 'HS256');
    const { kid } = await rotateSigningKey(auth.config, auth.log, 'HS256');
    await auth.sql(`UPDATE signing_keys SET created_at = created_at - interval '31 days'`);
    await auth.addReplica();
    expect((await keys(1)).map((key) => key.kid)).toEqual([kid]);
    await expect(refusal(refresh(token, 1))).resolves.toMatchObject({ messageKey: 'refresh_token_invalid' });
    expect(headerOf((await login(1)).access).kid).toBe(kid);
  });

  it('does not seal a key that the hub could not open', async () => {
    await rotateSigningKey(auth.config, auth.log, 'HS256');
    const other = { ...auth.config, ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') };
    await expect(rotateSigningKey(other, auth.log)).rejects.toMatchObject({ code: 'unknown_key' });
    expect(await auth.sql('SELECT id FROM signing_keys')).toHaveLength(1);
  });
});
