import { Database, migrate } from '@signalbox/database';
import { testConfig, testDatabase, testLog } from '@signalbox/testing';
import { integrationsDatabase } from '../database';

/** The service's schema on a database of its own, without the service. */
export async function startDatabase(): Promise<{
  database: Database;
  url: string;
  stop: () => Promise<void>;
}> {
  const created = await testDatabase();
  const [config, log] = [testConfig({ DATABASE_URL: created.url }), testLog()];
  await migrate(config, [integrationsDatabase], log);
  const database = await Database.open(integrationsDatabase, config, log);
  return {
    database,
    url: created.url,
    stop: async () => {
      await database.close();
      await created.drop();
    },
  };
}
