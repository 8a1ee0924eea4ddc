import type { EventEmitter } from 'node:events';
import { type Config, required } from '@signalbox/config';
import { createPostgresBackend, Queue, Worker, type Job } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import pg from 'pg';

/** What is kept of ended jobs: enough to look at, never enough to fill a disk. */
const KEPT = { removeOnComplete: true, removeOnFail: { count: 100 } } as const;
const POSTGRES_POOL = 2;
const CONNECT_MS = 1_000;
const ANSWER_MS = 10_000;
const RETRY_MS = 1_000;
const CLOSED = 'the jobs are closed';

export type Process = (job: Job<unknown>) => Promise<void>;

/** BullMQ on one of its stores. Its classes are typed by their store, though what is used here is the same on both. */
export interface BackEnd {
  readonly kind: 'redis' | 'postgres';
  /** Rejects when the store is down and this kind cannot wait for it. */
  queue(name: string): Promise<Queue<unknown>>;
  /** Rejects or waits while the store is down, and rejects when the back end is closed. A worker once made outlives every outage. */
  worker(name: string, process: Process, concurrency: number): Promise<Worker<unknown>>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function createBackEnd(config: Config): BackEnd {
  return config.REDIS_URL === undefined
    ? postgresBackEnd(required(config, 'DATABASE_URL'))
    : redisBackEnd(config.REDIS_URL);
}

function redisBackEnd(url: string): BackEnd {
  const connections: Redis[] = [];
  // ioredis leaves what waits for a reconnection waiting for ever when it is disconnected meanwhile.
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => undefined);
  let isClosed = false;
  const connect = (options: RedisOptions): Redis => {
    const redis = new Redis(url, {
      connectTimeout: CONNECT_MS,
      retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 5), 2_000) * (0.75 + Math.random() / 2),
      ...options,
    });
    // Each user of the connection reports its own errors.
    redis.on('error', () => undefined);
    connections.push(redis);
    return redis;
  };
  // Adding fails at once while Redis is away; a worker waits for it for ever.
  const adding = connect({ maxRetriesPerRequest: 0, commandTimeout: CONNECT_MS });
  return {
    kind: 'redis',
    queue: async (name) => {
      // Likewise: a queue that found Redis away when it was made would refuse for good.
      await adding.ping();
      return ready(
        new Queue<unknown>(name, {
          connection: adding,
          prefix: 'signalbox',
          defaultJobOptions: KEPT,
          skipWaitingForReady: true,
        }),
      );
    },
    worker: async (name, process, concurrency) => {
      const connection = connect({ maxRetriesPerRequest: null });
      // What BullMQ finds closed when it starts it gives up for good, so it starts when Redis answers.
      await Promise.race([connection.ping(), closed.promise]);
      // Made now, it would look for its store for ever.
      if (isClosed) throw new Error(CLOSED);
      return new Worker(name, process, {
        connection,
        prefix: 'signalbox',
        concurrency,
        runRetryDelay: RETRY_MS,
      });
    },
    ping: async () => {
      await adding.ping();
    },
    close: () => {
      isClosed = true;
      closed.reject(new Error(CLOSED));
      for (const connection of connections) connection.disconnect();
      return Promise.resolve();
    },
  };
}

function postgresBackEnd(url: string): BackEnd {
  const common = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'signalbox-jobs',
    // A connection that breaks while it is taken emits this, which would end the process were nobody listening.
    onConnect: (client: pg.ClientBase) => void client.on('error', () => undefined),
  };
  const connection = { ...common, schema: 'jobs', migrate: true, max: POSTGRES_POOL };
  const pinging = new pg.Pool({ ...common, max: 1 });
  pinging.on('error', () => undefined);
  return {
    kind: 'postgres',
    queue: (name) =>
      ready(
        new Queue(
          name,
          { connection, defaultJobOptions: KEPT },
          createPostgresBackend,
        ) as unknown as Queue<unknown>,
      ),
    worker: async (name, process, concurrency) => {
      const worker = await ready(
        new Worker(
          name,
          process,
          { connection, concurrency, autorun: false, runRetryDelay: RETRY_MS },
          createPostgresBackend,
        ) as unknown as Worker<unknown>,
      );
      restAfterErrors(worker);
      worker.run().catch((error: unknown) => worker.emit('error', error as Error));
      return worker;
    },
    ping: async () => {
      await pinging.query('SELECT 1');
    },
    close: () => pinging.end(),
  };
}

/** What BullMQ could not connect at first never tries again, so it has to be made anew. */
async function ready<T extends Queue | Worker>(part: T): Promise<T> {
  (part as EventEmitter).on('error', () => undefined);
  try {
    await part.waitUntilReady();
    return part;
  } catch (error) {
    await part.close().catch(() => undefined);
    throw error;
  }
}

/** While PostgreSQL stops, starts or is gone BullMQ would ask it again and again without a pause. */
function restAfterErrors(worker: Worker<unknown>): void {
  let resting = false;
  worker.on('error', () => {
    if (resting || worker.closing !== undefined) return;
    resting = true;
    void worker.pause(true).catch(() => undefined);
    setTimeout(() => {
      resting = false;
      if (worker.closing === undefined) void worker.resume();
    }, RETRY_MS).unref();
  });
}
