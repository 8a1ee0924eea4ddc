import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    kill: () => cluster.kill(),
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
