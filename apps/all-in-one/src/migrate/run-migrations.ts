import { ConfigError, loadConfig } from '@signalbox/config';
import { migrate } from '@signalbox/database';
import { createLogger, type Logger } from '@signalbox/observability';
import { failStart } from '@signalbox/rpc';
import { DATABASES } from '../databases';

/** `npm run migrate`: brings every schema of `DATABASE_URL` up to date, then ends. */
export async function runMigrations(env: NodeJS.ProcessEnv): Promise<void> {
  let log: Logger | undefined;
  try {
    const config = loadConfig(env, []);
    if (config.DATABASE_URL === undefined) {
      throw new ConfigError([{ variable: 'DATABASE_URL', problem: 'is missing: it names what to migrate' }]);
    }
    log = createLogger(config, 'migrate');
    await migrate(config, DATABASES, log);
    log.info({ schemas: DATABASES.map(({ schema }) => schema) }, 'The database is up to date');
  } catch (error) {
    failStart(error, log);
  }
}
