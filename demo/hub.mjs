import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../scripts/lib/build.mjs';
import { node, root } from '../scripts/lib/node.mjs';
import { Api, Refused } from './api.mjs';

const HEALTHY_WITHIN_MS = 120_000;
const STOPS_WITHIN_MS = 40_000;
const PROBE_MS = 2_000;
const KEPT_LINES = 20;

/**
 * The hub that `SIGNALBOX_URL` names, else the one that runs on this machine, else one of the demo's own.
 * @param cleanUp takes what has to be ended when the demo ends
 */
export async function findHub({ say, cleanUp, cancel }) {
  const { SIGNALBOX_URL, ADMIN_SECRET, PORT } = process.env;
  const url = (SIGNALBOX_URL || `http://127.0.0.1:${PORT || 8093}`).replace(/\/+$/, '');
  const dataDir = process.env.DATA_DIR || '.data';
  const problem = await (async () => {
    if (!(await isHub(url, cancel))) return `No hub answers at ${url}.`;
    const secret = ADMIN_SECRET || (await keptSecret(dataDir));
    if (!secret)
      return `A hub runs at ${url}; its ADMIN_SECRET is neither given nor in ${dataDir}/secrets.json.`;
    const api = new Api(url, cancel);
    return (await signedIn(api, secret)) ? api : `The hub at ${url} does not know this ADMIN_SECRET.`;
  })();
  if (problem instanceof Api) {
    say(`Hub        ${url} (was running)`);
    return problem;
  }
  if (SIGNALBOX_URL) throw new Error(problem);
  say(`Hub        ${problem} Starting one for the demo …`);
  const api = await startHub(cleanUp, cancel);
  say(`Hub        ${api.url} (the demo's own)`);
  return api;
}

async function signedIn(api, secret) {
  try {
    await api.signIn(secret);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return false;
    throw error;
  }
}

/** On embedded parts, whatever the environment says, with a folder and a port that nobody else uses. */
async function startHub(cleanUp, cancel) {
  build();
  const { freePort, Tethered } = createRequire(import.meta.url)('../dist/libs/database/src/embedded');
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-demo-'));
  cleanUp(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const port = await freePort();
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const lines = [];
  const hub = new Tethered([node, join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, LANG, DATA_DIR: folder, PORT: String(port), LOG_LEVEL: 'warn' },
    endSignal: 'TERM',
    onLine: (line) => {
      if (lines.push(line) > KEPT_LINES) lines.shift();
    },
  });
  cleanUp(() => hub.stop(STOPS_WITHIN_MS));
  const url = `http://127.0.0.1:${port}`;
  for (const giveUpAt = Date.now() + HEALTHY_WITHIN_MS; !(await isHub(url, cancel));) {
    if (!hub.running) throw new Error(`The hub ended:\n${lines.join('\n')}`);
    if (Date.now() > giveUpAt) throw new Error(`The hub did not become healthy:\n${lines.join('\n')}`);
    await sleep(200, undefined, { signal: cancel });
  }
  const api = new Api(url, cancel);
  await api.signIn(await keptSecret(folder));
  return api;
}

/** Answers health as a hub does; something else may listen there. */
async function isHub(url, cancel) {
  try {
    const signal = AbortSignal.any([cancel, AbortSignal.timeout(PROBE_MS)]);
    const response = await fetch(`${url}/api/v1/health`, { signal });
    return response.ok && (await response.json()).code === 'S10000';
  } catch {
    cancel.throwIfAborted();
    return false;
  }
}

/** The secret that the embedded start made and keeps there. */
async function keptSecret(dataDir) {
  try {
    return JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')).ADMIN_SECRET;
  } catch {
    return undefined;
  }
}
