import { migrate } from '@signalbox/database';
import { createTransport, startApps } from '@signalbox/rpc';
import { testConfig, testDatabase, testLog } from '@signalbox/testing';
import { DATABASES } from '../../apps/all-in-one/src/databases';
import { startApiKeyAuth } from '../../apps/api-key-auth/src/app';
import { startGateway } from '../../apps/gateway/src/app';
import { startIntegrationSync } from '../../apps/integration-sync/src/app';
import { startWebhookDispatcher } from '../../apps/webhook-dispatcher/src/app';

export interface BootedHub {
  readonly url: string;
  readonly adminUsername: string;
  readonly adminPassword: string;
  readonly adminSecret: string;
  /** Undefined where it is not for tests to reach. */
  readonly databaseUrl?: string;
  /** What the apps have logged so far; nothing of a hub that runs elsewhere. */
  logged(): readonly string[];
  stop(): Promise<void>;
}

/** Tests call often; what the limits do is tested where they are set. */
const UNLIMITED = {
  LIMIT_USER_PER_MINUTE: '1000000',
  LIMIT_AUTH_PER_MINUTE: '1000000',
  LIMIT_READ_PER_MINUTE: '1000000',
  LIMIT_WRITE_PER_MINUTE: '1000000',
  LIMIT_RECEIVE_PER_MINUTE: '1000000',
  LIMIT_PROVIDER_PER_MINUTE: '1000000',
  SIGN_IN_FREE_FAILURES: '1000000',
};

/**
 * Every app in this process, on a database of its own.
 * @param running the URL of a hub to use instead; its administrator is told in `ADMIN_USERNAME`, `ADMIN_PASSWORD`,
 *   `ADMIN_SECRET`, its limits must be as high as `UNLIMITED`, and it must be allowed to reach loopback
 */
export async function bootHub(
  running: string | undefined,
  variables: Readonly<Record<string, string>>,
): Promise<BootedHub> {
  if (running !== undefined && Object.keys(variables).length === 0) {
    const { ADMIN_USERNAME = 'admin', ADMIN_PASSWORD = '', ADMIN_SECRET = '' } = process.env;
    return {
      url: running,
      adminUsername: ADMIN_USERNAME,
      adminPassword: ADMIN_PASSWORD,
      adminSecret: ADMIN_SECRET,
      logged: () => [],
      stop: () => Promise.resolve(),
    };
  }
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
    logged: () => log.lines.map((line) => JSON.stringify(line)),
    stop: async () => {
      await apps.close();
      await database.drop();
    },
  };
}
