import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '@signalbox/testing';
import { startEmbedded } from './kit/embedded-stack';
import { ADMIN, COMMON } from './kit/environment';
import { HubClient } from './kit/hub-client';
import { StackUnderTest } from './kit/stack';

const COMMAND = resolve(__dirname, '../../dist/apps/all-in-one/src/keys/main.js');
/** A running hub looks for a new key every ten seconds. */
const NOTICED_WITHIN_MS = 30_000;

interface Pair {
  readonly access: string;
  readonly refresh: string;
}
interface KeySet {
  readonly keys: readonly { readonly kid: string }[];
}

const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;

describe('npm run keys:rotate', () => {
  const stack = new StackUnderTest(startEmbedded);

  async function rotate(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args], {
      env: { PATH: process.env.PATH, ...COMMON, DATA_DIR: stack.now.dataDir },
      timeout: 60_000,
    });
    return /signed with the key (\S+) \((HS256|ES256)\)/.exec(stdout)?.[1] ?? stdout;
  }

  const hub = (token?: string) => new HubClient(stack.now.gateways[0] ?? '', token);
  const post = async (path: string, body: unknown): Promise<Pair> => {
    const { status, text, json } = await hub().call<Pair>('POST', path, { body });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return json;
  };
  const signIn = () => post('/api/auth/login/', ADMIN);
  const refreshed = (refresh: string) => post('/api/auth/refresh/', { refresh });
  const me = async (token: string): Promise<number> =>
    (await hub(token).call('GET', '/api/users/me/')).status;
  const published = async (): Promise<string[]> =>
    (await hub().call<KeySet>('GET', '/.well-known/jwks.json')).json.keys.map(({ kid }) => kid);

  stack.it('changes the key of a running hub, and nobody is signed out', async () => {
    const first = await signIn();
    expect(await published()).toEqual([]);
    const seen = [first.access];
    let { refresh } = first;
    for (const algorithm of ['HS256', 'ES256']) {
      const kid = await rotate('--algorithm', algorithm);
      const access = await until('tokens are signed with the new key', NOTICED_WITHIN_MS, async () => {
        await sleep(200);
        const pair = await refreshed(refresh);
        ({ refresh } = pair);
        return kidOf(pair.access) === kid && pair.access;
      });
      seen.push(access);
      for (const token of seen) expect(await me(token)).toBe(200);
    }
    expect(new Set(seen.map(kidOf)).size).toBe(3);
    expect(await published()).toEqual([kidOf(seen.at(-1) ?? '')]);
  });

  stack.it('changes the key of a hub that does not run', async () => {
    const { access, refresh } = await signIn();
    await stack.now.hub.stop();
    const kid = await rotate();
    await stack.now.hub.start();
    expect(await me(access)).toBe(200);
    const pair = await refreshed(refresh);
    expect(kidOf(pair.access)).toBe(kid);
    expect(await me(pair.access)).toBe(200);
  });

  stack.it('refuses what it does not understand, and makes no key', async () => {
    for (const args of [['--algorithm', 'none'], ['--algorithm', 'RS256'], ['--algo', 'ES256'], ['ES256']])
      await expect(rotate(...args)).rejects.toMatchObject({ code: 1, stdout: '' });
    const { access } = await signIn();
    const before = kidOf(access);
    expect(kidOf((await signIn()).access)).toBe(before);
  });
});
