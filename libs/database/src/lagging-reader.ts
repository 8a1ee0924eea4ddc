import pg, { type QueryResult, type QueryResultRow } from 'pg';
import type { Logger } from 'pino';
import { isConnectionFailure, isTimeout } from './errors';
import { withClient } from './with-client';

/** The part of a pool that reads. */
export interface Reader {
  query<R extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

const REST_MS = 5_000;

interface Replica {
  readonly pool: pg.Pool;
  /** Milliseconds since the epoch. */
  restingUntil: number;
}

/**
 * Reads that may lag: the replicas in turn, the primary when there is none or when one fails. A replica that cannot
 * be reached is left alone for a while, so that it does not slow down every read.
 */
export class LaggingReader implements Reader {
  private readonly replicas: Replica[];
  private next = 0;

  constructor(
    private readonly primary: pg.Pool,
    replicas: readonly pg.PoolConfig[],
    private readonly log: Logger,
  ) {
    this.replicas = replicas.map((config) => {
      const pool = new pg.Pool(config);
      pool.on('error', ({ message }) =>
        log.warn({ reason: message }, 'An idle connection to a replica broke'),
      );
      return { pool, restingUntil: 0 };
    });
  }

  /** @param withinMs ends the statement, on whichever server it runs */
  async query<R extends QueryResultRow>(
    text: string,
    values?: unknown[],
    withinMs?: number,
  ): Promise<QueryResult<R>> {
    const replica = this.pick();
    if (replica) {
      // Whatever a replica refuses (it may lag behind a migration, or cancel a read to catch up) the primary decides.
      const result = await this.readFrom<R>(replica, text, values, withinMs);
      if (result) return result;
    }
    return await withClient(this.primary, (client) => read<R>(client, text, values, withinMs));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.replicas.map(({ pool }) => pool.end()));
  }

  private async readFrom<R extends QueryResultRow>(
    replica: Replica,
    text: string,
    values: unknown[] | undefined,
    withinMs: number | undefined,
  ) {
    let client: pg.PoolClient;
    try {
      client = await replica.pool.connect();
    } catch (error) {
      return this.rest(replica, error);
    }
    try {
      const result = await read<R>(client, text, values, withinMs);
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      // It would take the primary too long as well.
      if (withinMs !== undefined && isTimeout(error)) throw error;
      return isConnectionFailure(error) ? this.rest(replica, error) : undefined;
    }
  }

  private rest(replica: Replica, error: unknown): undefined {
    replica.restingUntil = Date.now() + REST_MS;
    this.log.warn({ err: error }, 'A replica does not serve; reading from the primary');
  }

  private pick(): Replica | undefined {
    const now = Date.now();
    const awake = this.replicas.filter((replica) => replica.restingUntil <= now);
    return awake.length > 0 ? awake[this.next++ % awake.length] : undefined;
  }
}

/** Where it rejects, the client may be in the middle of a transaction. */
async function read<R extends QueryResultRow>(
  client: pg.PoolClient,
  text: string,
  values: unknown[] | undefined,
  withinMs: number | undefined,
): Promise<QueryResult<R>> {
  if (withinMs === undefined) return client.query<R>(text, values);
  await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${withinMs}`);
  const result = await client.query<R>(text, values);
  await client.query('COMMIT');
  return result;
}
