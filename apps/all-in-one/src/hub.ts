import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@signalbox/config';
import { migrate } from '@signalbox/database';
import { createLogger, type Logger } from '@signalbox/observability';
import {
  allocateYoung,
  type AppStarter,
  closeWhenAsked,
  createTransport,
  failStart,
  fatalWhenUnhandled,
  startApps,
} from '@signalbox/rpc';
import { startApiKeyAuth } from '../../api-key-auth/src/app';
import { startGateway } from '../../gateway/src/app';
import { startIntegrationSync } from '../../integration-sync/src/app';
import { startWebhookDispatcher } from '../../webhook-dispatcher/src/app';
import { DATABASES } from './databases';
import { EmbeddedDatabase } from './embedded-database';
import { embeddedEnvironment } from './embedded-environment';

/** The gateway is last to start and first to close: nobody is let in while a service is missing. */
const STARTERS: readonly AppStarter[] = [
  { name: 'api-key-auth', start: startApiKeyAuth },
  { name: 'webhook-dispatcher', start: startWebhookDispatcher },
  { name: 'integration-sync', start: startIntegrationSync },
  { name: 'gateway', start: startGateway },
];
const HEALTHY_MS = 30_000;

/** `npm start`: every app in this process, on embedded parts wherever no real one is named, until asked to end. */
export async function runHub(env: NodeJS.ProcessEnv): Promise<void> {
  allocateYoung();
  let log: Logger | undefined;
  let embedded: EmbeddedDatabase | undefined;
  try {
    const environment = await embeddedEnvironment(env);
    let { config } = environment;
    log = createLogger(config, 'all-in-one');
    fatalWhenUnhandled(log);
    announce(environment.announce, config);
    if (config.DATABASE_URL === undefined && environment.postgresPassword !== undefined) {
      embedded = await EmbeddedDatabase.start(config, environment.postgresPassword, log);
      config = { ...config, DATABASE_URL: embedded.url };
    }
    await migrate(config, DATABASES, log);
    const transport = await createTransport(config, log);
    const apps = await startApps({ config, log, transport }, withLogs(config));
    closeWhenAsked(
      async () => {
        await apps.close();
        await embedded?.stop();
      },
      config.SHUTDOWN_SECONDS,
      log,
    );
    const url = config.PUBLIC_URL ?? apps.url ?? `http://${config.HOST}:${config.PORT}`;
    await tellWhenHealthy(apps.url ?? url, url, log);
  } catch (error) {
    await embedded?.stop();
    failStart(error, log);
  }
}

/** Each line says which app it is of, as it does where each has a process of its own. */
function withLogs(config: Config): AppStarter[] {
  return STARTERS.map(({ name, start }) => ({
    name,
    start: (runtime) => start({ ...runtime, log: createLogger(config, name) }),
  }));
}

/** To the terminal and not to the log, which others may read. */
function announce(made: Partial<Record<string, string>>, config: Config): void {
  const lines = Object.entries(made).map(([name, value]) => `  ${name}=${value}`);
  if (lines.length === 0) return;
  process.stdout.write(
    `\nThe first administrator is "${config.ADMIN_USERNAME}". Made for you, shown only now, kept in ${config.DATA_DIR}/secrets.json:\n${lines.join('\n')}\n\n`,
  );
}

async function tellWhenHealthy(probe: string, url: string, log: Logger): Promise<void> {
  for (const giveUpAt = Date.now() + HEALTHY_MS; Date.now() < giveUpAt; await sleep(100)) {
    const healthy = await fetch(`${probe}/api/v1/health`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) {
      process.stdout.write(`Signalbox is ready: ${url} (documentation: ${url}/api/v1/doc)\n`);
      return;
    }
  }
  log.error({ url }, 'Started, but not healthy');
}
