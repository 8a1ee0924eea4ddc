import { type Config, ConfigError, loadConfig } from '@signalbox/config';
import type { AppName } from '@signalbox/contracts';
import { createLogger, type Logger } from '@signalbox/observability';
import { createTransport } from '../create-transport';
import { allocateYoung } from './allocate-young';
import { closeWhenAsked, failStart, fatalWhenUnhandled } from './lifetime';
import { type AppStarter, startApps } from './start-apps';

/** The body of every app's `main.ts`: this one app in a process of its own, until it is asked to end. */
export async function runApp(app: AppStarter, env: NodeJS.ProcessEnv): Promise<void> {
  allocateYoung();
  let log: Logger | undefined;
  try {
    const config = configOf(app.name, env);
    log = createLogger(config, app.name);
    fatalWhenUnhandled(log);
    const apps = await startApps({ config, log, transport: await createTransport(config, log) }, [app]);
    closeWhenAsked(() => apps.close(), config.SHUTDOWN_SECONDS, log);
    log.info({ url: apps.url }, 'Started');
  } catch (error) {
    failStart(error, log);
  }
}

/** What every app needs, and what it needs when the others are elsewhere: all that is missing is named at once. */
function configOf(app: AppName, env: NodeJS.ProcessEnv): Config {
  const needed = {
    AMQP_URL: 'reach the other apps',
    ...(app === 'gateway' ? {} : { DATABASE_URL: 'store anything' }),
  };
  const missing = Object.entries(needed)
    .filter(([variable]) => !env[variable])
    .map(([variable, what]) => ({ variable, problem: `is missing: without it ${app} cannot ${what}` }));
  let config: Config | undefined;
  try {
    config = loadConfig(env, [app]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    missing.push(...error.problems);
  }
  if (config === undefined || missing.length > 0) throw new ConfigError(missing);
  return config;
}
