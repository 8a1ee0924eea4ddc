import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
// Relative, because Jest's global set-up knows no aliases.
import { PostgresCluster } from '../../../database/src/embedded';
import type { KillableServer } from './killable';

/** A private PostgreSQL with full durability. `url` names the database `postgres`. */
export async function startPostgres(
  settings: Readonly<Record<string, string | number>> = {},
): Promise<KillableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-postgres-'));
  const cluster = new PostgresCluster({
    dir: join(folder, 'data'),
    password: 'test',
    settings: { shared_buffers: '32MB', max_connections: 100, ...settings },
  });
  await cluster.start();
  return {
    url: cluster.url(),
    kill: async () => {
      const sessions = await sessionsOf(cluster.url());
      await cluster.kill();
      // Sessions have process groups of their own, and would answer for a moment more.
      for (const pid of sessions) endNow(pid);
    },
    restart: async () => {
      await cluster.stop();
      await cluster.start();
    },
    stop: async () => {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function sessionsOf(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
    return rows.map(({ pid }) => pid);
  } catch {
    return [];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
