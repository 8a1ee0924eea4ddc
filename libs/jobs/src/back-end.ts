import { type Config, required } from '@signalbox/config';
import { createPostgresBackend, Queue, Worker, type Job } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import pg from 'pg';

/** What is kept of ended jobs: enough to look at, never enough to fill a disk. */
const KEPT = { removeOnComplete: true, removeOnFail: { count: 100 } } as const;
const POSTGRES_POOL = 2;
const CONNECT_MS = 1_000;

export type Process = (job: Job<unknown>) => Promise<void>;

/** BullMQ on one of its stores. Its classes are typed by their store, though what is used here is the same on both. */
export interface BackEnd {
  readonly kind: 'redis' | 'postgres';
  queue(name: string): Queue<unknown>;
  worker(name: string, process: Process, concurrency: number): Worker<unknown>;
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
    queue: (name) =>
      new Queue(name, {
        connection: adding,
        prefix: 'signalbox',
        defaultJobOptions: KEPT,
        skipWaitingForReady: true,
      }),
    worker: (name, process, concurrency) =>
      new Worker(name, process, {
        connection: connect({ maxRetriesPerRequest: null }),
        prefix: 'signalbox',
        concurrency,
      }),
    ping: async () => {
      await adding.ping();
    },
    close: () => {
      for (const connection of connections) connection.disconnect();
      return Promise.resolve();
    },
  };
}

function postgresBackEnd(url: string): BackEnd {
  const connection = {
    connectionString: url,
    schema: 'jobs',
    migrate: true,
    max: POSTGRES_POOL,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'signalbox jobs',
  };
  const pinging = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: CONNECT_MS });
  pinging.on('error', () => undefined);
  return {
    kind: 'postgres',
    queue: (name) =>
      new Queue(
        name,
        { connection, defaultJobOptions: KEPT },
        createPostgresBackend,
      ) as unknown as Queue<unknown>,
    worker: (name, process, concurrency) =>
      new Worker(
        name,
        process,
        { connection, concurrency },
        createPostgresBackend,
      ) as unknown as Worker<unknown>,
    ping: async () => {
      await pinging.query('SELECT 1');
    },
    close: () => pinging.end(),
  };
}
