import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@signalbox/config';
import { required } from '@signalbox/config';
import pg from 'pg';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource, poolConfig } from './connection';
import { asDatabaseError, isConnectionFailure } from './errors';
import type { ServiceDatabase } from './service-database';

/** Any number: it only has to be the same in all replicas. */
const LOCK = 7_462_839_105;
const LOCK_WITHIN = '5min';
const CONNECT_WITHIN_MS = 60_000;

/** Names the migration that failed; what it had done was rolled back, the ones before it stay. */
export class MigrationError extends Error {
  constructor(
    readonly schema: string,
    readonly migration: string,
    options: { cause: unknown },
  ) {
    super(
      `Migration ${migration} of schema "${schema}" failed: ${options.cause instanceof Error ? options.cause.message : String(options.cause)}`,
      options,
    );
    this.name = 'MigrationError';
  }
}

/**
 * Brings every schema up to date. Safe to run from several processes at once: they take turns, and all but the first
 * find nothing to do.
 * @throws MigrationError naming the migration; DomainError DATABASE_UNAVAILABLE when the server stays down for a minute
 */
export async function migrate(
  config: Config,
  databases: readonly ServiceDatabase[],
  log: Logger,
): Promise<void> {
  const url = required(config, 'DATABASE_URL');
  const { connectionString } = poolConfig({
    url,
    database: { schema: 'public' },
    poolSize: 1,
    patient: true,
  });
  const lock = await connect(connectionString, log);
  // An error of the waiting connection shows in the statement that uses it, or does not matter.
  lock.on('error', (error) => log.warn({ err: error }, 'The connection that holds the migration lock broke'));
  try {
    // Held by a transaction, not by the session, so that it works through a connection pooler too.
    await lock.query(
      `BEGIN; SET LOCAL lock_timeout = '${LOCK_WITHIN}'; SET LOCAL idle_in_transaction_session_timeout = 0`,
    );
    await lock.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    for (const database of databases) await migrateOne(url, database, log);
    await lock.query('COMMIT');
  } catch (error) {
    throw error instanceof MigrationError ? error : asDatabaseError(error);
  } finally {
    await lock.end().catch(() => undefined);
  }
}

async function migrateOne(url: string, database: ServiceDatabase, log: Logger): Promise<void> {
  const dataSource = createDataSource(database, { url, poolSize: 2, patient: true }, log);
  await dataSource.initialize();
  try {
    await dataSource.query(`CREATE SCHEMA IF NOT EXISTS "${database.schema}"`);
    nameFailures(dataSource, database.schema);
    const done = await dataSource.runMigrations();
    if (done.length > 0)
      log.info(
        { schema: database.schema, migrations: done.map((migration) => migration.name) },
        'Migrated the database',
      );
  } finally {
    await dataSource.destroy();
  }
}

/** TypeORM's error says what the database said, not which migration it was. */
function nameFailures(dataSource: DataSource, schema: string): void {
  for (const migration of dataSource.migrations) {
    const up = migration.up.bind(migration);
    migration.up = async (runner) => {
      try {
        await up(runner);
      } catch (cause) {
        throw new MigrationError(schema, migration.name ?? migration.constructor.name, { cause });
      }
    };
  }
}

async function connect(connectionString: string | undefined, log: Logger): Promise<pg.Client> {
  const giveUpAt = Date.now() + CONNECT_WITHIN_MS;
  for (;;) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, keepAlive: true });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (!isConnectionFailure(error) || Date.now() > giveUpAt) throw asDatabaseError(error);
      log.warn({ err: error }, 'The database is not up yet; trying again');
      await sleep(1_000);
    }
  }
}
