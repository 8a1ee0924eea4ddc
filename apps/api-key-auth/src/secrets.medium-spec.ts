import { authOperations, userOperations, type TokenPair } from '@signalbox/contracts';
import { createLogger } from '@signalbox/observability';
import { testConfig } from '@signalbox/testing';
import { ADMIN, ELSEWHERE, HERE, refusal, RunningAuth } from './running-auth-for-spec';

const PASSWORDS = ['correct horse battery', 'wrong horse battery', 'short', 'test-admin-password'];
const SECRETS = ['test-admin-secret-0123456789', 'wrong-admin-secret-0123456789'];

describe('passwords, tokens and hashes', () => {
  let auth: RunningAuth;
  const scrubbed: string[] = [];
  const errors: unknown[] = [];
  const tokens: string[] = [];
  const hashes: string[] = [];

  let replica = 0;

  const login = (username: string, password: string) =>
    auth.call(authOperations.login, { username, password, origin: HERE }, {}, replica);
  const refresh = (token: string, origin = HERE) =>
    auth.call(authOperations.refresh, { refresh: token, origin }, {}, replica);
  const create = (username: string, password: string) =>
    auth.call(userOperations.create, { username, password, email: '' }, { principal: ADMIN }, replica);
  const keep = <T extends TokenPair>(pair: T): T => {
    tokens.push(pair.access, pair.refresh);
    return pair;
  };
  const failing = async (call: Promise<unknown>) => errors.push(await refusal(call));

  /** Everything that can be asked with a secret in it, going well and going wrong. */
  const everything = async (name: string) => {
    await create(name, 'correct horse battery');
    await failing(create(name, 'correct horse battery'));
    await failing(create('other', 'short'));
    const signedIn = keep(await login(name, 'correct horse battery'));
    await failing(login(name, 'wrong horse battery'));
    await failing(login('nobody', 'wrong horse battery'));
    const bySecret = keep(
      await auth.call(authOperations.loginWithSecret, { secret: SECRETS[0] ?? '', origin: HERE }),
    );
    await failing(auth.call(authOperations.loginWithSecret, { secret: SECRETS[1] ?? '', origin: HERE }));
    const refreshed = keep(await refresh(signedIn.refresh));
    await refresh(signedIn.refresh);
    await failing(refresh(signedIn.refresh, ELSEWHERE));
    await failing(refresh(refreshed.refresh));
    await failing(refresh(`${bySecret.refresh}x`));
    for (const { password_hash: hash } of await auth.sql<{ password_hash: string }>('SELECT * FROM users'))
      hashes.push(hash);
  };

  /** The same with every statement of the service failing: database errors love to repeat what they were given. */
  const everythingBroken = async (name: string) => {
    const pair = keep(await login(name, 'correct horse battery'));
    await auth.sql(`ALTER TABLE users ADD CONSTRAINT nobody CHECK (username = '') NOT VALID`);
    await failing(create('third', 'correct horse battery'));
    await auth.sql('ALTER TABLE users DROP CONSTRAINT nobody');
    await auth.sql('ALTER TABLE sessions ADD CONSTRAINT nothing CHECK (false) NOT VALID');
    await failing(login(name, 'correct horse battery'));
    await failing(refresh(pair.refresh));
    await auth.sql('ALTER TABLE sessions DROP CONSTRAINT nothing');
    await auth.sql(`UPDATE users SET password_hash = '$argon2id$broken' WHERE username = $1`, [name]);
    await failing(login(name, 'correct horse battery'));
  };

  const expectNothingSecret = (texts: string[]) => {
    expect(tokens.length).toBeGreaterThan(0);
    const secrets = [
      ...PASSWORDS,
      ...SECRETS,
      ...tokens,
      ...tokens.map((token) => token.split('.')[2] ?? '-'),
    ];
    for (const text of texts) {
      for (const secret of [...secrets, ...hashes]) expect(text).not.toContain(secret);
      expect(text).not.toContain('argon2');
    }
  };

  beforeAll(async () => {
    auth = await RunningAuth.start();
  }, 60_000);

  afterAll(() => auth.stop());

  it('are in no error, and in no log even if it hides nothing by itself', async () => {
    await everything('ada');
    expect(errors).toHaveLength(8);
    expect(auth.log.lines.length).toBeGreaterThan(0);
    expectNothingSecret([...errors, ...auth.log.lines].map((entry) => JSON.stringify(entry)));
  });

  it('are in no error and in no log when the database fails', async () => {
    const config = { ...testConfig(), LOG_LEVEL: 'trace' as const };
    const log = createLogger(config, 'api-key-auth', { write: (line: string) => void scrubbed.push(line) });
    await auth.addReplica({}, log);
    replica = 1;
    await everythingBroken('ada');
    expect(errors.slice(8)).toEqual(Array(4).fill({ code: 'INTERNAL' }));
    expect(scrubbed.filter((line) => line.includes('"error"')).length).toBeGreaterThanOrEqual(4);
    expectNothingSecret([...scrubbed, ...errors.map((entry) => JSON.stringify(entry))]);
  });
});
