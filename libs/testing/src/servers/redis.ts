import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Tethered } from '../../../database/src/embedded';
import { requireBinary } from './binary';
import type { KillableServer } from './killable';
import { until } from './until';

/** A private Redis that writes every command to its log before it answers, so that a SIGKILL loses nothing. */
export async function startRedis(options: { databases?: number } = {}): Promise<KillableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-redis-'));
  const port = await freePort();
  let server: Tethered;

  const start = async () => {
    const lines: string[] = [];
    let ready = false;
    server = new Tethered(
      [
        requireBinary('redis-server'),
        ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
        ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
        ...['--databases', String(options.databases ?? 16), '--maxmemory-policy', 'noeviction'],
      ],
      {
        endSignal: 'TERM',
        onLine: (line) => {
          lines.push(line);
          ready ||= line.includes('Ready to accept connections');
        },
      },
    );
    await until('Redis serves', 15_000, () => {
      if (!server.running) throw new Error(`Redis ended:\n${lines.slice(-10).join('\n')}`);
      return ready;
    });
  };

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => server.kill(),
    restart: async () => {
      await server.stop(10_000);
      await start();
    },
    stop: async () => {
      await server.stop(10_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
