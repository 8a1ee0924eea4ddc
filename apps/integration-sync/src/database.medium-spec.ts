import { Database, expectSchemaMatches, migrate } from '@signalbox/database';
import { testConfig, testDatabase, testLog, type TestDatabase } from '@signalbox/testing';
import { integrationsDatabase } from './database';

describe('the schema integrations', () => {
  let created: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    created = await testDatabase();
    const config = testConfig({ DATABASE_URL: created.url });
    await migrate(config, [integrationsDatabase], testLog());
    database = await Database.open(integrationsDatabase, config, testLog());
  }, 60_000);

  afterAll(async () => {
    await database.close();
    await created.drop();
  });

  it('is what the entities say', async () => {
    await expectSchemaMatches(database.dataSource);
  });

  it('can be taken back and made again', async () => {
    for (const _migration of integrationsDatabase.migrations) await database.dataSource.undoLastMigration();
    const { rows } = await database.query(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'integrations' AND table_name <> 'migrations'`,
    );
    expect(rows).toEqual([]);
    await database.dataSource.runMigrations();
    await expectSchemaMatches(database.dataSource);
  });
});
