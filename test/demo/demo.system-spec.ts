import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { until } from '@signalbox/testing';
import { freePort } from '../../libs/database/src/embedded';
import { startEmbedded } from '../system/kit/embedded-stack';
import { COMMON } from '../system/kit/environment';
import { StackUnderTest } from '../system/kit/stack';

const DEMO = join(__dirname, '../../demo/run.mjs');
const ENDS_WITHIN_MS = 150_000;

interface Demo {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
}

function demo(env: Readonly<Record<string, string>>): Demo {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [DEMO], { env: { PATH, HOME, TMPDIR, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const late = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(late);
    return (code as number | null) ?? 137;
  });
  return { process: child, output: () => output, ended };
}

/** Lines of the summary. */
const rows = (output: string) => output.split('\n').filter((line) => line.includes('500 503 200'));

describe('npm run demo', () => {
  const stack = new StackUnderTest(startEmbedded);

  /** As a newcomer who has the secret of the hub. */
  const onRunningHub = (url = stack.now.gateways[0] ?? '') =>
    demo({ SIGNALBOX_URL: url, ADMIN_SECRET: COMMON.ADMIN_SECRET });

  const webhooks = async () => {
    const [client] = await stack.clients();
    return (await client.ok<{ total: number }>('GET', '/api/v1/webhooks')).total;
  };

  stack.it(
    'shows on a running hub how everything is delivered and verified, and leaves nothing',
    async () => {
      const { ended, output } = onRunningHub();
      expect({ code: await ended, output: output() }).toEqual({
        code: 0,
        output: expect.stringContaining('All 5 events were delivered, every signature verified.') as unknown,
      });
      expect(output()).toMatch(/attempt 3 {2}signature verified, answered 200/);
      expect(rows(output())).toHaveLength(5);
      for (const row of rows(output())) {
        expect(row).toMatch(/^task\.\w+ T-\d +3 +500 503 200 +verified +success +\d+\.\d\d s$/);
      }
      expect(await webhooks()).toBe(0);
    },
  );

  stack.it('removes its webhook when it is interrupted', async () => {
    const { process: child, ended, output } = onRunningHub();
    await until('the first attempt is shown', 60_000, () => output().includes('attempt 1'));
    expect(await webhooks()).toBe(1);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(output()).not.toContain('were delivered');
    expect(await webhooks()).toBe(0);
  });

  stack.it('fails when a signature does not verify', async () => {
    const liar = await tellingAnotherSecret(stack.now.gateways[0] ?? '');
    try {
      const { ended, output } = onRunningHub(`http://127.0.0.1:${(liar.address() as AddressInfo).port}`);
      expect({ code: await ended, output: output() }).toEqual({
        code: 1,
        output: expect.stringContaining('came with a signature that does not verify') as unknown,
      });
      expect(output()).toContain('NOT VERIFIED');
      expect(await webhooks()).toBe(0);
    } finally {
      liar.closeAllConnections();
      liar.close();
    }
  });

  stack.it('says when the hub that was named is not there, or does not know the secret', async () => {
    const nowhere = demo({ SIGNALBOX_URL: `http://127.0.0.1:${await freePort()}`, ADMIN_SECRET: 'x' });
    expect(await nowhere.ended).toBe(1);
    expect(nowhere.output()).toContain('No hub answers at');
    const stranger = demo({
      SIGNALBOX_URL: stack.now.gateways[0] ?? '',
      ADMIN_SECRET: 'not-the-secret-of-this-hub',
    });
    expect(await stranger.ended).toBe(1);
    expect(stranger.output()).toContain('does not know this ADMIN_SECRET');
  });

  stack.it('starts a hub of its own where none runs, and ends it', async () => {
    const { ended, output } = demo({ PORT: String(await freePort()) });
    expect({ code: await ended, output: output() }).toEqual({
      code: 0,
      output: expect.stringContaining('All 5 events were delivered, every signature verified.') as unknown,
    });
    const own = /Hub +(http:\S+) \(the demo's own\)/.exec(output())?.[1] ?? '';
    await expect(fetch(`${own}/api/v1/health`)).rejects.toThrow('fetch failed');
  });
});

/** In front of a hub: passes everything on, but tells a signing secret that is not the webhook's. */
async function tellingAnotherSecret(hub: string): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { authorization = '', 'content-type': type } = request.headers;
      const answer = await fetch(hub + (request.url ?? ''), {
        method: request.method,
        headers: { authorization, ...(type !== undefined && { 'content-type': type }) },
        body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
      });
      const text = (await answer.text()).replace(
        /whsec_[\w+/=]+/,
        `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
      );
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    })().catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
