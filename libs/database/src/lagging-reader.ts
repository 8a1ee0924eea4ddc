import pg, { type QueryResult, type QueryResultRow } from 'pg';
import type { Logger } from 'pino';
import { isConnectionFailure } from './errors';

/** The part of a pool that reads. */
export interface Reader {
  query<R extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

const REST_MS = 5_000;

/**
 * Reads that may lag: the replicas in turn, the primary when there is none or when one fails. A replica that cannot
 * be reached is left alone for a while, so that it does not slow down every read.
 */
export class LaggingReader implements Reader {
  private readonly replicas: { pool: pg.Pool; restingUntil: number }[];
  private next = 0;

  constructor(
    private readonly primary: pg.Pool,
    replicas: readonly pg.PoolConfig[],
    private readonly log: Logger,
  ) {
    this.replicas = replicas.map((config) => {
      const pool = new pg.Pool(config);
      pool.on('error', (error) => log.warn({ err: error }, 'An idle connection to a replica broke'));
      return { pool, restingUntil: 0 };
    });
  }

  async query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>> {
    const replica = this.pick();
    if (replica) {
      try {
        return await replica.pool.query<R>(text, values);
      } catch (error) {
        // Whatever a replica refuses (it may lag behind a migration, or cancel a read to catch up) the primary decides.
        if (isConnectionFailure(error)) {
          replica.restingUntil = Date.now() + REST_MS;
          this.log.warn({ err: error }, 'A replica does not serve; reading from the primary');
        }
      }
    }
    return this.primary.query<R>(text, values);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.replicas.map(({ pool }) => pool.end()));
  }

  private pick() {
    const now = Date.now();
    for (let tried = 0; tried < this.replicas.length; tried += 1) {
      const replica = this.replicas[this.next++ % this.replicas.length];
      if (replica && replica.restingUntil <= now) return replica;
    }
    return undefined;
  }
}
