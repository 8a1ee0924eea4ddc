import { Database, migrate } from '@signalbox/database';
import { testConfig, testDatabase, testLog } from '@signalbox/testing';
import { integrationsDatabase } from '../database';

/** The service's schema on a database of its own, without the service. */
export async function startDatabase(): Promise<{ database: Database; stop: () => Promise<void> }> {
  const created = await testDatabase();
  const [config, log] = [testConfig({ DATABASE_URL: created.url }), testLog()];
  await migrate(config, [integrationsDatabase], log);
  const database = await Database.open(integrationsDatabase, config, log);
  return {
    database,
    stop: async () => {
      await database.close();
      await created.drop();
    },
  };
}
