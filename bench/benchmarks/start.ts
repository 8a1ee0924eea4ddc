import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../libs/database/src/embedded';
import { until } from '../../libs/testing/src/servers/until';
import type { Benchmark } from '../kit/benchmark';
import { isHealthy } from '../kit/hub';
import { endsWith } from '../kit/lifetime';
import { median } from '../kit/stats';
import { seconds, table } from '../kit/table';
import { startWorker } from '../kit/worker';
import type { BareHttp } from '../workers/bare-http';

const ROOT = join(__dirname, '../../..');
/** All that `npm start` needs beside `node_modules`. */
const SOURCES = [
  'apps',
  'libs',
  'scripts',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
];
const HEALTHY_WITHIN_MS = 240_000;
const STOPS_WITHIN_MS = 45_000;
const LAST_LINES = 20;

/** From `npm start` to a healthy hub: in a fresh copy, which compiles and makes its database, and again. */
export const start: Benchmark = {
  name: 'start',
  about: 'time from `npm start` to healthy, the first time and the second',
  async run(report, { quick }) {
    const rounds = quick ? 1 : 3;
    const times = {
      bare: [] as number[],
      compile: [] as number[],
      first: [] as number[],
      second: [] as number[],
    };
    for (let round = 1; round <= rounds; round += 1) {
      times.bare.push(await bareStart());
      const folder = copy();
      times.first.push(await timeToHealthy(folder));
      times.second.push(await timeToHealthy(folder));
      times.compile.push(compile(folder));
      await rm(folder, { recursive: true, force: true });
      report.progress(
        `round ${round}: ${seconds(times.first.at(-1) ?? NaN)}, ${seconds(times.second.at(-1) ?? NaN)}`,
      );
    }
    const row = (name: string, all: readonly number[]) => [
      name,
      seconds(median(all)),
      all.map(seconds).join(', '),
    ];
    report.print('From `npm start` until GET /api/v1/health answers 200:\n');
    report.print(
      table(
        ['', 'median', 'rounds'],
        [
          row('first start (compiles, makes its database)', times.first),
          row('second start', times.second),
          row('limit: compiling alone', times.compile),
          row('limit: bare Nest and Fastify, from process to first answer', times.bare),
        ],
      ),
    );
  },
};

function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-start-'));
  endsWith(() => rm(folder, { recursive: true, force: true }));
  for (const name of SOURCES) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function timeToHealthy(folder: string): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const hub = npmStart(folder, port);
  await until('the hub is healthy', HEALTHY_WITHIN_MS, () => {
    if (!hub.running()) throw new Error(`The hub ended:\n${hub.lastLines()}`);
    return isHealthy(`http://127.0.0.1:${port}`);
  });
  const took = (performance.now() - began) / 1000;
  await hub.stop();
  return took;
}

/** As a person does it in a terminal, who ends it with Ctrl-C: npm passes no other signal on to the hub. */
function npmStart(folder: string, port: number) {
  const child = spawn('npm', ['start', '--silent'], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.push(line) > LAST_LINES) lines.shift();
    });
  }
  let running = true;
  // When everything that holds its output has ended, the hub itself included.
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => lines.push(error.message));
    child.once('close', () => {
      running = false;
      resolve();
    });
  });
  const signal = (name: NodeJS.Signals) => {
    if (running && child.pid !== undefined) process.kill(-child.pid, name);
  };
  const stop = async () => {
    signal('SIGINT');
    const late = setTimeout(() => signal('SIGKILL'), STOPS_WITHIN_MS);
    await ended.finally(() => clearTimeout(late));
  };
  endsWith(stop);
  return { running: () => running, lastLines: () => lines.join('\n'), stop };
}

function compile(folder: string): number {
  const began = performance.now();
  const nest = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build', 'all-in-one'], {
    cwd: folder,
    stdio: 'ignore',
  });
  if (status !== 0) throw new Error('The hub does not compile');
  return (performance.now() - began) / 1000;
}

async function bareStart(): Promise<number> {
  const began = performance.now();
  const bare = startWorker<BareHttp>('bare-http');
  const answer = await fetch(await bare.call('listen', {}));
  await answer.text();
  const took = (performance.now() - began) / 1000;
  await bare.stop();
  return took;
}
