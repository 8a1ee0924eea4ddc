import { parseArgs } from 'node:util';
import { ConfigError, loadConfig, type Config } from '@signalbox/config';
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '@signalbox/contracts';
import { migrate } from '@signalbox/database';
import { createLogger, type Logger } from '@signalbox/observability';
import { failStart, StartError } from '@signalbox/rpc';
import { rotateSigningKey } from '../../../api-key-auth/src/tokens/rotate-signing-key';
import { DATABASES } from '../databases';
import { EmbeddedDatabase } from '../embedded-database';
import { keptSecrets } from '../secrets';

/**
 * `npm run keys:rotate [-- --algorithm ES256]`: tokens are signed with a new key from now on, in the hub of `DATABASE_URL` or of
 * the data folder, whether it runs or not. Nobody is signed out.
 */
export async function runKeyRotation(env: NodeJS.ProcessEnv, args: string[]): Promise<void> {
  let log: Logger | undefined;
  try {
    const algorithm = algorithmOf(args);
    const { config, postgresPassword } = await environmentOf(env);
    log = createLogger({ ...config, LOG_LEVEL: 'warn' }, 'keys');
    const made = await withDatabase(config, postgresPassword, log, (reached, logger) =>
      rotateSigningKey(reached, logger, algorithm),
    );
    process.stdout.write(
      `Tokens are signed with the key ${made.kid} (${made.algorithm}) from now on; a running hub does so within ten seconds. Sessions go on.\n`,
    );
  } catch (error) {
    failStart(error, log);
  }
}

function algorithmOf(args: string[]): TokenAlgorithm | undefined {
  let given: string | undefined;
  try {
    given = parseArgs({ args, options: { algorithm: { type: 'string' } } }).values.algorithm;
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
  const algorithm = TOKEN_ALGORITHMS.find((known) => known === given);
  if (given !== undefined && !algorithm)
    throw new StartError(`--algorithm is one of ${TOKEN_ALGORITHMS.join(', ')}.`);
  return algorithm;
}

/** What the hub itself was started with. Nothing is made here: a key sealed with another `ENCRYPTION_KEY` could not be opened. */
async function environmentOf(env: NodeJS.ProcessEnv): Promise<{ config: Config; postgresPassword: string }> {
  const { DATA_DIR, DATABASE_URL, NODE_ENV } = loadConfig(env, []);
  const { POSTGRES_PASSWORD = '', ENCRYPTION_KEY } = (await keptSecrets(DATA_DIR)) ?? {};
  if (DATABASE_URL === undefined && POSTGRES_PASSWORD === '')
    throw new StartError(
      `There is no hub in ${DATA_DIR}: name its database in DATABASE_URL, or its folder in DATA_DIR.`,
    );
  const kept = NODE_ENV === 'production' ? undefined : ENCRYPTION_KEY;
  const config = loadConfig({ ...env, ENCRYPTION_KEY: env.ENCRYPTION_KEY || kept }, []);
  if (config.ENCRYPTION_KEY === undefined)
    throw new ConfigError([{ variable: 'ENCRYPTION_KEY', problem: 'is missing: it seals the key' }]);
  return { config, postgresPassword: POSTGRES_PASSWORD };
}

async function withDatabase<T>(
  config: Config,
  password: string,
  log: Logger,
  work: (reached: Config, log: Logger) => Promise<T>,
): Promise<T> {
  if (config.DATABASE_URL !== undefined) return work(config, log);
  const { url, leave } = await EmbeddedDatabase.reach(config, password, log);
  try {
    const reached = { ...config, DATABASE_URL: url };
    await migrate(reached, DATABASES, log);
    return await work(reached, log);
  } finally {
    await leave();
  }
}
