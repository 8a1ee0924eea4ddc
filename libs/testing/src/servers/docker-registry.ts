import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Tethered } from '../../../database/src/embedded';
import { findBinary, requireBinary } from './binary';
import { until } from './until';

/** Debian's name for it, and everybody else's. */
export const REGISTRY_PROGRAMS = ['docker-registry', 'registry'] as const;
const START_MS = 15_000;
const STOP_MS = 5_000;
const KEPT_LINES = 400;

/** Where a registry tells what happens in it. */
export interface RegistryNotifications {
  readonly url: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

export interface DockerRegistry {
  readonly url: string;
  /** The last lines of its log. */
  readonly log: readonly string[];
  /** Ends it and removes its images. */
  stop(): Promise<void>;
}

/** A private registry that anybody may push to, pull from and delete in. It tries every 100 ms what it could not deliver. */
export async function startDockerRegistry(notify: readonly RegistryNotifications[]): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-registry-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'config.yml');
  // YAML is a superset of JSON.
  await writeFile(config, JSON.stringify(configuration(port, join(folder, 'images'), notify)));
  const log: string[] = [];
  const server = new Tethered([program() ?? requireBinary(REGISTRY_PROGRAMS[0]), 'serve', config], {
    // Whatever begins with REGISTRY_ would change the configuration.
    env: { PATH: process.env.PATH },
    endSignal: 'TERM',
    onLine: (line) => {
      if (log.push(line) > KEPT_LINES) log.shift();
    },
  });
  const stop = async () => {
    await server.stop(STOP_MS);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('the registry serves', START_MS, async () => {
      if (!server.running) throw new Error(`The registry ended:\n${log.slice(-10).join('\n')}`);
      return fetch(`${url}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, log, stop };
}

function program(): string | undefined {
  return REGISTRY_PROGRAMS.map(findBinary).find((path) => path !== undefined);
}

function configuration(port: number, folder: string, notify: readonly RegistryNotifications[]): object {
  return {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: folder }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
    notifications: {
      endpoints: notify.map(({ url, headers }, i) => ({
        ...{ name: `endpoint-${i}`, url, headers },
        ...{ timeout: '20s', threshold: 1, backoff: '100ms' },
      })),
    },
  };
}
