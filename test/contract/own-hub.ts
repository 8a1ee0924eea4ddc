import { migrate } from '@signalbox/database';
import { createTransport, startApps } from '@signalbox/rpc';
import { testConfig, testDatabase, testLog, UNLIMITED } from '@signalbox/testing';
import { DATABASES } from '../../apps/all-in-one/src/databases';
import { startApiKeyAuth } from '../../apps/api-key-auth/src/app';
import { startGateway } from '../../apps/gateway/src/app';
import { startIntegrationSync } from '../../apps/integration-sync/src/app';
import { startWebhookDispatcher } from '../../apps/webhook-dispatcher/src/app';
import type { BootedHub } from './booted-hub';
import { type Hub, useBooted } from './hub';

/** Every app in this process, on a database of its own. */
export async function bootHub(variables: Readonly<Record<string, string>>): Promise<BootedHub> {
  const database = await testDatabase();
  const log = testLog();
  const config = testConfig({
    DATABASE_URL: database.url,
    SHUTDOWN_SECONDS: '5',
    ...UNLIMITED,
    ...variables,
  });
  await migrate(config, DATABASES, log);
  const transport = await createTransport(config, log);
  const apps = await startApps({ config, log, transport }, [
    { name: 'api-key-auth', start: startApiKeyAuth },
    { name: 'webhook-dispatcher', start: startWebhookDispatcher },
    { name: 'integration-sync', start: startIntegrationSync },
    { name: 'gateway', start: startGateway },
  ]);
  return {
    url: apps.url ?? '',
    adminUsername: config.ADMIN_USERNAME,
    adminPassword: config.ADMIN_PASSWORD ?? '',
    adminSecret: config.ADMIN_SECRET ?? '',
    databaseUrl: database.url,
    shared: false,
    logged: () => log.lines.map((line) => JSON.stringify(line)),
    stop: async () => {
      await apps.close();
      await database.drop();
    },
  };
}

/** A hub of this file's own, in this process: with settings of its own, or where log, database or everybody's data matter. */
export function useOwnHub(variables: Readonly<Record<string, string>> = {}): Hub {
  return useBooted(() => bootHub(variables));
}
