import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@signalbox/config';
import { required } from '@signalbox/config';
import type pg from 'pg';
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource, poolConfig } from './connection';
import { asDatabaseError, isConnectionFailure } from './errors';
import { LaggingReader, type Reader } from './lagging-reader';
import type { ServiceDatabase } from './service-database';

const START_WITHIN_MS = 60_000;
const START_RETRY_MS = 1_000;
const REPLICA_CONNECT_MS = 1_000;
const CLOSE_WITHIN_MS = 5_000;

/** A statement of a hot path. The name stands for one text for ever. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/**
 * One service's way to its schema. Everything here shares one pool of `DATABASE_POOL_SIZE` connections. When the
 * server is gone every call rejects with `DATABASE_UNAVAILABLE` in bounded time; when it is back they work again.
 */
export class Database {
  /** The pool that repositories use too: for hot paths in SQL. Unqualified names are of the service's schema. */
  readonly pool: pg.Pool;
  private readonly replicas: LaggingReader;

  private constructor(
    readonly dataSource: DataSource,
    replicas: readonly pg.PoolConfig[],
    private readonly log: Logger,
  ) {
    // TypeORM types its driver's pool as `any`; it is the pg pool that it made.
    this.pool = (dataSource.driver as unknown as { master: pg.Pool }).master;
    this.replicas = new LaggingReader(this.pool, replicas, log);
  }

  /**
   * Connects, waiting up to a minute for a server that is not up yet.
   * @throws DomainError DATABASE_UNAVAILABLE when it stays down; at once when it refuses (password, no such database)
   */
  static async open(database: ServiceDatabase, config: Config, log: Logger): Promise<Database> {
    const dataSource = createDataSource(
      database,
      { url: required(config, 'DATABASE_URL'), poolSize: config.DATABASE_POOL_SIZE },
      log,
    );
    await retryWhileDown(() => dataSource.initialize(), log);
    const replicas = config.DATABASE_REPLICA_URLS.map((url) =>
      poolConfig({
        url,
        database,
        poolSize: config.DATABASE_POOL_SIZE,
        connectMs: REPLICA_CONNECT_MS,
      }),
    );
    return new Database(dataSource, replicas, log);
  }

  /** Reads that may lag behind what was just written: from the replicas in turn, else from the primary. */
  get lagging(): Reader {
    return this.laggingWithin();
  }

  /** The same; a statement that takes longer than `ms` is ended, and rejects with `DATABASE_UNAVAILABLE`. Costs two round trips more. */
  laggingWithin(ms?: number): Reader {
    return {
      query: async <R extends QueryResultRow>(text: string, values?: unknown[]) => {
        try {
          return await this.replicas.query<R>(text, values, ms);
        } catch (error) {
          throw asDatabaseError(error);
        }
      },
    };
  }

  /** @param statement text; a `Prepared` one is parsed and planned once for each connection */
  async query<R extends QueryResultRow = QueryResultRow>(
    statement: string | Prepared,
    values?: unknown[],
  ): Promise<QueryResult<R>> {
    try {
      return await this.pool.query<R>(typeof statement === 'string' ? statement : { ...statement }, values);
    } catch (error) {
      throw asDatabaseError(error);
    }
  }

  /**
   * As `query`, with values that are made once there is a connection; undefined for no statement at all. By callbacks, as the pool's own
   * `query`: with a promise for the connection, and one for the answer, what was sent outlived the minor garbage collections.
   */
  queryConnected<R extends QueryResultRow = QueryResultRow>(
    statement: Prepared,
    valuesOf: () => unknown[] | undefined,
  ): Promise<R[]> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        const failure = asDatabaseError(error) as Error;
        reject(failure);
      };
      this.pool.connect((error, client, release) => {
        if (client === undefined) return fail(error);
        let values: unknown[] | undefined;
        try {
          values = valuesOf();
        } catch (failure) {
          release();
          return fail(failure);
        }
        if (values === undefined) {
          release();
          return resolve([]);
        }
        client.query<R>({ ...statement, values }, (failure: Error | undefined, result) => {
          release(failure);
          if (failure) fail(failure);
          else resolve(result.rows);
        });
      });
    });
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. When the connection breaks
   * during the commit the outcome is unknown and `DATABASE_UNAVAILABLE` is thrown. Never hold one across a call elsewhere.
   */
  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      throw asDatabaseError(error);
    }
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      const broken = isConnectionFailure(error) || !(await rolledBack(client));
      client.release(broken);
      throw asDatabaseError(error);
    }
  }

  /** Resolves when the primary answers. */
  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  /** Waits a bounded time for what is under way, then closes every connection. */
  async close(): Promise<void> {
    const closing = Promise.all([this.replicas.close(), this.dataSource.destroy()]);
    const closed = await Promise.race([
      closing.then(() => true),
      sleep(CLOSE_WITHIN_MS, false, { ref: false }),
    ]);
    if (!closed) this.log.warn('Closed the database with statements under way');
  }
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

async function retryWhileDown<T>(connect: () => Promise<T>, log: Logger): Promise<T> {
  const giveUpAt = Date.now() + START_WITHIN_MS;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (!isConnectionFailure(error) || Date.now() > giveUpAt) throw asDatabaseError(error);
      log.warn({ err: error }, 'The database is not up yet; trying again');
      await sleep(START_RETRY_MS);
    }
  }
}
