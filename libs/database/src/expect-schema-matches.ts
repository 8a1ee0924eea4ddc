import type { DataSource } from 'typeorm';

/**
 * For specs: throws, listing the statements, when the migrated schema is not what the entities describe.
 * What an entity cannot describe (functions, partitions) is not compared.
 */
export async function expectSchemaMatches(dataSource: DataSource): Promise<void> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  if (upQueries.length > 0) {
    throw new Error(
      `The migrations and the entities disagree. To make the schema what the entities say:\n${upQueries
        .map((query) => `  ${query.query}`)
        .join('\n')}`,
    );
  }
}
