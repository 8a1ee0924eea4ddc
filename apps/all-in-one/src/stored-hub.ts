import { encryptionKeys, loadConfig, type Config } from '@signalbox/config';
import { migrate } from '@signalbox/database';
import type { Logger } from '@signalbox/observability';
import { StartError } from '@signalbox/rpc';
import { DATABASES } from './databases';
import { EmbeddedDatabase } from './embedded-database';
import { keptSecrets } from './secrets';

/**
 * What the hub itself was started with, for a command that works on what it has stored. Nothing is made here: what is sealed with
 * another `ENCRYPTION_KEY` could not be opened.
 */
export async function environmentOf(
  env: NodeJS.ProcessEnv,
): Promise<{ config: Config; postgresPassword: string }> {
  const { DATA_DIR, DATABASE_URL, NODE_ENV } = loadConfig(env, []);
  const { POSTGRES_PASSWORD = '', ENCRYPTION_KEY } = (await keptSecrets(DATA_DIR)) ?? {};
  if (DATABASE_URL === undefined && POSTGRES_PASSWORD === '')
    throw new StartError(
      `There is no hub in ${DATA_DIR}: name its database in DATABASE_URL, or its folder in DATA_DIR.`,
    );
  const kept = NODE_ENV === 'production' ? undefined : ENCRYPTION_KEY;
  const config = loadConfig({ ...env, ENCRYPTION_KEY: env.ENCRYPTION_KEY || kept }, []);
  // Complains where there is none.
  encryptionKeys(config);
  return { config, postgresPassword: POSTGRES_PASSWORD };
}

/** On the database of that hub, whether it runs or not. */
export async function withDatabase<T>(
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
