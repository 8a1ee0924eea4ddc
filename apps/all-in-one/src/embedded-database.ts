import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@signalbox/config';
import { PostgresCluster } from '@signalbox/database';
import { StartError } from '@signalbox/rpc';
import type { Logger } from '@signalbox/observability';
import pg from 'pg';
import { lockDataDir } from './data-dir-lock';

const DATABASE = 'signalbox';
const RESTART_MS = [500, 1_000, 2_000, 5_000];
const MIB = 1024 * 1024;

/** For one hub on a small machine. Whatever keeps acknowledged data safe stays as PostgreSQL has it. */
function settings(poolSize: number): Record<string, string | number> {
  const sharedBuffers = Math.min(256, Math.max(32, Math.floor(totalmem() / MIB / 32)));
  return {
    shared_buffers: `${sharedBuffers}MB`,
    effective_cache_size: `${sharedBuffers * 4}MB`,
    // Each service has a pool, jobs and migrations need a few.
    max_connections: 3 * poolSize + 40,
    max_worker_processes: 4,
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    io_method: 'sync',
    random_page_cost: 1.1,
    // Nobody replicates from it, so less has to be written.
    wal_level: 'minimal',
    max_wal_senders: 0,
    wal_compression: 'on',
    max_wal_size: '1GB',
    // Otherwise everybody who commits waits for some 50 ms, 16 MB of zeros, whenever there is no old segment to write over.
    wal_init_zero: 'off',
    checkpoint_timeout: '15min',
    autovacuum_naptime: '15s',
  };
}

/** A PostgreSQL of the hub's own, in its data folder. Started again when it ends unexpectedly. */
export class EmbeddedDatabase {
  private closing = false;

  private constructor(
    private readonly cluster: PostgresCluster,
    private readonly unlock: () => Promise<void>,
    private readonly log: Logger,
  ) {}

  /** @throws StartError when another hub uses the folder, or PostgreSQL does not start there */
  static async start(config: Config, password: string, log: Logger): Promise<EmbeddedDatabase> {
    const dataDir = config.DATA_DIR;
    const unlock = await lockDataDir(dataDir);
    const cluster = new PostgresCluster({
      dir: join(dataDir, 'postgres'),
      password,
      settings: settings(config.DATABASE_POOL_SIZE),
      onLog: (line) => log.debug({ postgres: line }, 'PostgreSQL'),
    });
    const database = new EmbeddedDatabase(cluster, unlock, log);
    try {
      const { exited } = await cluster.start();
      database.watch(exited);
      await createDatabase(cluster.url());
      return database;
    } catch (error) {
      await database.stop();
      throw new StartError((error as Error).message, { cause: error });
    }
  }

  /**
   * The database of a data folder for a command: that of the hub that runs there, else started for as long as it is needed.
   * @throws StartError when it does not start, or a hub that is only just starting or stopping holds the folder
   */
  static async reach(
    config: Config,
    password: string,
    log: Logger,
  ): Promise<{ url: string; leave: () => Promise<void> }> {
    const unlock = await lockDataDir(config.DATA_DIR).catch((error: unknown) => {
      if (error instanceof StartError) return undefined;
      throw error;
    });
    if (!unlock)
      return { url: await urlOfRunning(config.DATA_DIR, password), leave: () => Promise.resolve() };
    await unlock();
    const database = await EmbeddedDatabase.start(config, password, log);
    return { url: database.url, leave: () => database.stop() };
  }

  get url(): string {
    return this.cluster.url(DATABASE);
  }

  async stop(): Promise<void> {
    this.closing = true;
    await this.cluster.stop();
    await this.unlock();
  }

  private watch(exited: Promise<number>): void {
    void exited.then(async (code) => {
      for (let tried = 0; !this.closing; tried += 1) {
        this.log.error({ code }, 'The embedded PostgreSQL ended; starting it again');
        await sleep(RESTART_MS[Math.min(tried, RESTART_MS.length - 1)]);
        if (this.closing) return;
        try {
          const again = await this.cluster.start();
          this.log.info('The embedded PostgreSQL is back');
          return this.watch(again.exited);
        } catch (error) {
          this.log.error({ err: error }, 'The embedded PostgreSQL did not start');
        }
      }
    });
  }
}

/** PostgreSQL writes the port that it listens on in the fourth line of its file. */
async function urlOfRunning(dataDir: string, password: string): Promise<string> {
  const lines = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const port = Number(lines.split('\n')[3]);
  if (!Number.isInteger(port) || port <= 0)
    throw new StartError(`The hub of ${dataDir} is starting or stopping. Try again in a moment.`);
  return PostgresCluster.urlAt(port, password, DATABASE);
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    if ((error as { code?: unknown }).code !== '28P01') throw error;
    throw new Error(
      'The embedded PostgreSQL does not know its password: secrets.json in the data folder is not the one it was made with.',
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
