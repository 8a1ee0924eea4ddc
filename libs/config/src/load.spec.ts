import { ConfigError, encryptionKeys, loadConfig, required } from './load';

const SECRETS = {
  ADMIN_PASSWORD: 'correct horse',
  ADMIN_SECRET: 'battery staple 16',
  JWT_SECRET: 'j'.repeat(32),
  API_KEY_PEPPERS: 'p'.repeat(32),
  ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
};

function problemsOf(env: NodeJS.ProcessEnv, ...apps: Parameters<typeof loadConfig>[1]): ConfigError {
  try {
    loadConfig(env, apps);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('loadConfig', () => {
  it('has a default for all that the embedded start does not need to be told', () => {
    expect(loadConfig({}, [])).toMatchObject({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 8093,
      BODY_LIMIT_BYTES: 1_048_576,
      TRUST_PROXY: [],
      BRAND: 'EmbedAI',
    });
    expect(loadConfig({}, []).DATABASE_URL).toBeUndefined();
    expect(loadConfig({}, []).OUTBOUND_ALLOW_PRIVATE).toBeUndefined();
  });

  it('types what it reads', () => {
    const config = loadConfig(
      {
        ...SECRETS,
        PORT: '0',
        TRUST_PROXY: '10.0.0.0/8, ::1',
        DATABASE_REPLICA_URLS: 'postgres://a/x,postgres://b/x',
      },
      ['gateway', 'webhook-dispatcher', 'api-key-auth'],
    );
    expect(config).toMatchObject({
      PORT: 0,
      TRUST_PROXY: ['10.0.0.0/8', '::1'],
      DATABASE_REPLICA_URLS: ['postgres://a/x', 'postgres://b/x'],
      ...SECRETS,
      API_KEY_PEPPERS: [SECRETS.API_KEY_PEPPERS],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every bad variable at once and never repeats a value', () => {
    const bad = {
      NODE_ENV: 'hush',
      PORT: '65536',
      METRICS_PORT: 'hush',
      PUBLIC_URL: 'ftp://hush',
      TRUST_PROXY: 'hush',
      LOG_LEVEL: 'hush',
      SHUTDOWN_SECONDS: '0',
      DATABASE_URL: 'mysql://hush:hush@db/x',
      DATABASE_REPLICA_URLS: 'postgres://ok/x,hush',
      REDIS_URL: 'hush',
      AMQP_URL: 'http://hush',
      ADMIN_PASSWORD: 'hush',
      ADMIN_SECRET: 'hush',
      JWT_SECRET: 'hush',
      ENCRYPTION_KEY: 'hush',
      API_KEY_PEPPERS: `${'p'.repeat(32)},hush`,
      BODY_LIMIT_BYTES: '1e6',
      LIMIT_USER_PER_MINUTE: '-1',
      BRAND: 'hush hush',
      OUTBOUND_ALLOW_PRIVATE: '300.0.0.0/8',
      DELIVERY_CONCURRENCY: '1.5',
    };
    const error = problemsOf(bad, 'gateway', 'webhook-dispatcher', 'api-key-auth');
    expect(error.problems.map((problem) => problem.variable)).toEqual(Object.keys(bad));
    for (const variable of Object.keys(bad)) expect(error.message).toContain(`\n  ${variable} `);
    for (const value of ['hush', '65536', '1e6', '300.0.0.0', 'mysql'])
      expect(error.message).not.toContain(value);
  });

  it('counts an empty variable as absent', () => {
    const empty = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, '']));
    expect(loadConfig({ PORT: '', DATABASE_URL: '', HOST: '' }, [])).toEqual(loadConfig({}, []));
    expect(problemsOf(empty, 'gateway').problems.map((problem) => problem.variable)).toEqual([
      'JWT_SECRET',
      'API_KEY_PEPPERS',
    ]);
  });

  it.each([
    ['gateway', ['JWT_SECRET', 'API_KEY_PEPPERS']],
    ['webhook-dispatcher', ['ENCRYPTION_KEY']],
    ['integration-sync', ['ENCRYPTION_KEY']],
    ['api-key-auth', ['ADMIN_PASSWORD', 'ADMIN_SECRET', 'JWT_SECRET', 'ENCRYPTION_KEY', 'API_KEY_PEPPERS']],
  ] as const)('%s does not start without %j', (app, names) => {
    const { problems } = problemsOf({}, app);
    expect(problems.map((problem) => problem.variable)).toEqual(names);
    for (const { problem } of problems) expect(problem).toContain(app);
  });

  it('says what a variable should have been', () => {
    expect(problemsOf({ PORT: 'x', REDIS_URL: 'x' }).message).toBe(
      'The environment is not usable:\n' +
        '  PORT must be a whole number from 0 to 65535\n' +
        '  REDIS_URL must be a URL starting with redis:// or rediss://',
    );
  });
});

describe('encryptionKeys', () => {
  const [a, b, c] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString('base64'));
  const keys = (env: NodeJS.ProcessEnv) => encryptionKeys(loadConfig(env, ['webhook-dispatcher']));

  it.each([
    [{ ENCRYPTION_KEY: a }, [a, []]],
    [{ ENCRYPTION_KEY: a, ENCRYPTION_KEYS: `2:${b}` }, [b, [a]]],
    [{ ENCRYPTION_KEY: a, ENCRYPTION_KEYS: `1:${a}, 10:${b} ,2:${c}` }, [b, [c, a]]],
    [{ ENCRYPTION_KEYS: `1:${c}` }, [c, []]],
  ])('of %j seal by the highest version', (env, expected) => {
    expect(keys(env)).toEqual(expected);
  });

  it.each(['', `${a}`, `0:${a}`, `1:${a},1:${b}`, `1:${a},2:${a}`, `1:${a},`, '1:hush'])(
    '%j is refused',
    (ring) => {
      expect(() => keys({ ENCRYPTION_KEYS: ring })).toThrow(ConfigError);
    },
  );
});

describe('required', () => {
  it('gives what is there and names what is not', () => {
    expect(required(loadConfig(SECRETS, []), 'JWT_SECRET')).toBe(SECRETS.JWT_SECRET);
    expect(() => required(loadConfig({}, []), 'DATABASE_URL')).toThrow('DATABASE_URL is missing');
  });
});
