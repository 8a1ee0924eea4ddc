import pg, { type QueryResult, type QueryResultRow } from 'pg';
import type { Logger } from 'pino';
import { isConnectionFailure } from './errors';

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

  async query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>> {
    const replica = this.pick();
    if (replica) {
      // Whatever a replica refuses (it may lag behind a migration, or cancel a read to catch up) the primary decides.
      const result = await this.readFrom<R>(replica, text, values);
      if (result) return result;
    }
    return this.primary.query<R>(text, values);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.replicas.map(({ pool }) => pool.end()));
  }

  private async readFrom<R extends QueryResultRow>(replica: Replica, text: string, values?: unknown[]) {
    let client: pg.PoolClient;
    try {
      client = await replica.pool.connect();
    } catch (error) {
      return this.rest(replica, error);
    }
    try {
      const result = await client.query<R>(text, values);
      client.release();
      return result;
    } catch (error) {
      const broken = isConnectionFailure(error);
      client.release(broken);
      if (broken) this.rest(replica, error);
      return undefined;
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
