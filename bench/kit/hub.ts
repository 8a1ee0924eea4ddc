import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Tethered } from '../../libs/database/src/embedded';
import { until } from '../../libs/testing/src/servers/until';
import { endsWith } from './lifetime';
import { markStarted } from './profile';
import type { Servers } from './servers';

export interface Hub {
  readonly url: string;
  /** As the administrator; every answer but a 2xx is an error. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Headers of an administrator whose token will last for whatever is measured next. */
  signedIn(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export interface HubOptions {
  /** Each app a process of its own over these, instead of all in one on embedded parts. */
  readonly servers?: Servers;
  /** Where each process writes a CPU profile when it ends. */
  readonly profiles?: string;
  /** The repository to start from; this one unless said otherwise. */
  readonly root?: string;
}

const ROOT = join(__dirname, '../../..');
const HEALTHY_WITHIN_MS = 180_000;
const STOPS_WITHIN_MS = 45_000;
const ANSWERS_WITHIN_MS = 30_000;
/** Much less than a token lasts: signing in is not what is measured. */
const SIGNED_IN_MS = 60_000;
const LAST_LINES = 20;

/** Limits that no benchmark meets; counting goes on all the same. */
const NO_LIMITS = Object.fromEntries(
  ['USER_PER_MINUTE', 'AUTH_PER_MINUTE', 'READ_PER_MINUTE', 'WRITE_PER_MINUTE', 'GLOBAL_PER_SECOND'].map(
    (limit) => [`LIMIT_${limit}`, '1000000000'],
  ),
);

/** A hub with a data folder and a port of its own, set up as it comes, its log going to a file. Resolves when it is healthy. */
export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const port = await freePort();
  const adminSecret = randomBytes(24).toString('base64url');
  const { servers, profiles, root = ROOT } = options;
  if (profiles !== undefined) await mkdir(profiles, { recursive: true });
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...NO_LIMITS,
    ...(servers && {
      DATABASE_URL: servers.postgres,
      REDIS_URL: servers.redis,
      AMQP_URL: servers.rabbit,
      OUTBOUND_ALLOW_PRIVATE: '127.0.0.0/8',
      ...(profiles !== undefined && { NODE_OPTIONS: profiling.join(' ') }),
    }),
    DATA_DIR: join(folder, 'data'),
    HOST: '127.0.0.1',
    PORT: String(port),
    ADMIN_PASSWORD: randomBytes(15).toString('base64url'),
    ADMIN_SECRET: adminSecret,
    JWT_SECRET: randomBytes(48).toString('base64url'),
    API_KEY_PEPPERS: randomBytes(48).toString('base64url'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  const script = join(root, 'scripts', servers ? 'start-distributed.mjs' : 'start.mjs');
  const logFile = join(folder, 'hub.log');
  const command = [process.execPath, ...(servers ? [] : profiling), script];
  const hub = new Tethered(['/bin/sh', '-c', `exec "$@" >'${logFile}' 2>&1`, 'hub', ...command], {
    cwd: root,
    env,
    endSignal: 'TERM',
  });
  const url = `http://127.0.0.1:${port}`;

  const stop = async () => {
    await hub.stop(STOPS_WITHIN_MS);
    await rm(folder, { recursive: true, force: true });
  };
  endsWith(stop);
  await until('the hub is healthy', HEALTHY_WITHIN_MS, async () => {
    if (!hub.running) throw new Error(`The hub ended:\n${await lastLines(logFile)}`);
    return isHealthy(url);
  });
  if (profiles !== undefined) markStarted(profiles);

  const request = async (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as unknown;
  };
  let known: { headers: Record<string, string>; until: number } | undefined;
  const signedIn = async () => {
    if (known !== undefined && Date.now() < known.until) return known.headers;
    const { data } = (await request('POST', '/api/v1/auth/login', {}, { secret: adminSecret })) as {
      data: { accessToken: string };
    };
    known = { headers: { authorization: `Bearer ${data.accessToken}` }, until: Date.now() + SIGNED_IN_MS };
    return known.headers;
  };
  return {
    url,
    signedIn,
    call: async <T>(method: string, path: string, body?: unknown) =>
      (await request(method, path, await signedIn(), body)) as T,
    stop,
  };
}

export function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(5_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function lastLines(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
