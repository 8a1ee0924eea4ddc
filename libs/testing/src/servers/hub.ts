import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { freePort, Tethered } from '../../../database/src/embedded';
import { UNLIMITED, TEST_SECRETS } from '../settings';
import { until } from './until';

const ROOT = resolve(__dirname, '../../../..');
const MAIN = 'dist/apps/all-in-one/src/main.js';
const STARTS_WITHIN_MS = 90_000;
const STOPS_WITHIN_MS = 20_000;
const TOLD_LINES = 40;

/** The compiled hub in a process of its own: every app, on the database given. */
export async function startHub(databaseUrl: string): Promise<{ url: string; stop: () => Promise<void> }> {
  if (!existsSync(resolve(ROOT, MAIN))) throw new Error(`${MAIN} is not there: npm run build`);
  const [port, opsPort] = [await freePort(), await freePort()];
  const lines: string[] = [];
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const server = new Tethered([process.execPath, resolve(ROOT, MAIN)], {
    cwd: ROOT,
    env: {
      ...{ PATH, HOME, TMPDIR, LANG },
      ...TEST_SECRETS,
      ...UNLIMITED,
      NODE_ENV: 'test',
      PORT: String(port),
      METRICS_PORT: String(opsPort),
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'warn',
      OUTBOUND_ALLOW_PRIVATE: '127.0.0.0/8,::1/128',
      SHUTDOWN_SECONDS: '5',
    },
    endSignal: 'TERM',
    onLine: (line) => {
      if (lines.push(line) > TOLD_LINES) lines.shift();
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => server.stop(STOPS_WITHIN_MS);
  try {
    await until('the hub is healthy', STARTS_WITHIN_MS, async () => {
      if (!server.running) throw new Error(`The hub ended:\n${lines.join('\n')}`);
      return fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(2_000) }).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}
