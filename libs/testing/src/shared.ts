import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { SharedKind } from './jest/shared-servers';

const WAIT_MS = 120_000;

/** A place of this suite's own on a server that all suites share. Give it back in `afterAll`. */
export interface SharedPlace {
  readonly url: string;
  release(): Promise<void>;
}

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/** A new, empty database on the PostgreSQL of this run. */
export async function testDatabase(): Promise<TestDatabase> {
  const admin = await ask('POST', 'postgres');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await run(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => run(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** The URL of the one hub of this run, for suites that mind nobody's data but their own. It has the secrets of `TEST_SECRETS`. */
export function sharedHub(): Promise<string> {
  return ask('POST', 'hub');
}

/** A virtual host of the run's RabbitMQ. Use inside `describeWith('rabbitmq', …)`. */
export async function testRabbit(): Promise<SharedPlace> {
  return place('rabbitmq');
}

/** An empty database of the run's Redis. Use inside `describeWith('redis', …)`. */
export async function testRedis(): Promise<SharedPlace> {
  const redis = await place('redis');
  const client = new Redis(redis.url, { maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  await client.flushdb();
  client.disconnect();
  return redis;
}

async function place(kind: SharedKind): Promise<SharedPlace> {
  const url = await ask('POST', kind);
  return {
    url,
    release: async () => {
      await ask('DELETE', `${kind}?place=${encodeURIComponent(url)}`);
    },
  };
}

async function ask(method: string, path: string): Promise<string> {
  const servers = process.env.SIGNALBOX_TEST_SERVERS;
  if (!servers) throw new Error('Jest was started without this repository’s jest.config.cjs');
  const response = await fetch(`${servers}/${path}`, { method, signal: AbortSignal.timeout(WAIT_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
