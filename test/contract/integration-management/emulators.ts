import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from '@signalbox/testing';
// Relative, as in libs/testing: what starts servers is all that is needed of it.
import { freePort, Tethered } from '../../../libs/database/src/embedded';

const EMULATE = resolve(__dirname, '../../../node_modules/emulate/dist/index.js');
const START_MS = 15_000;
const STOP_MS = 5_000;

export interface Emulators {
  readonly github: string;
  readonly stripe: string;
  stop(): Promise<void>;
}

/** Who owns the repositories of the emulated GitHub. */
export const LOGIN = 'octocat';
export const TOKEN = 'ghp_token_of_a_test';

/**
 * GitHub and Stripe of the npm package `emulate`, in a process of their own.
 * @param webhooks of Stripe, whose emulator has no API for them
 */
export async function startEmulators(
  webhooks: readonly { url: string; secret: string; events: readonly string[] }[],
): Promise<Emulators> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-emulate-'));
  const config = join(folder, 'emulate.config.json');
  const [github, stripe] = [await freePort(), await freePort()];
  const scopes = ['repo', 'user', 'admin:repo_hook'];
  await writeFile(
    config,
    JSON.stringify({
      tokens: { [TOKEN]: { login: LOGIN, scopes } },
      services: {
        github: { emulator: 'github', port: github, seed: { users: [{ login: LOGIN }] } },
        stripe: { emulator: 'stripe', port: stripe, seed: { webhooks } },
      },
    }),
  );
  const lines: string[] = [];
  const server = new Tethered([process.execPath, EMULATE, 'start', '--config', config], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    endSignal: 'TERM',
    onLine: (line) => lines.push(line),
  });
  const stop = async () => {
    await server.stop(STOP_MS);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('the emulators serve', START_MS, () => {
      if (!server.running) throw new Error(`The emulators ended:\n${lines.slice(-10).join('\n')}`);
      return lines.some((line) => line.includes('Ready.'));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { github: `http://127.0.0.1:${github}`, stripe: `http://127.0.0.1:${stripe}`, stop };
}
