/** `npm run start:distributed`: each app as a process of its own, over RabbitMQ, Redis and PostgreSQL. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from './lib/build.mjs';
import { fail, node, root } from './lib/node.mjs';

const APPS = ['api-key-auth', 'webhook-dispatcher', 'integration-sync', 'gateway'];
const NEEDED = {
  DATABASE_URL: 'PostgreSQL',
  REDIS_URL: 'Redis: jobs and limits that the processes share',
  AMQP_URL: 'RabbitMQ: the way from one app to the other',
};

const missing = Object.entries(NEEDED).filter(([variable]) => !process.env[variable]);
if (missing.length > 0) {
  fail(
    `Apps in processes of their own need what all of them can reach:\n${missing
      .map(([variable, what]) => `  ${variable} is missing (${what})`)
      .join('\n')}\nWithout them, npm start runs every app in one process.`,
  );
}

build();
const migrated = spawnSync(node, [join(root, 'dist/apps/all-in-one/src/migrate/main.js')], {
  stdio: 'inherit',
});
if (migrated.status !== 0) process.exit(1);

const width = Math.max(...APPS.map((app) => app.length));
let closing = false;
const children = new Map();
for (const [index, app] of APPS.entries()) children.set(app, start(app, index));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => close(signal));

function start(app, index) {
  const { METRICS_PORT } = process.env;
  const child = spawn(node, [join(root, 'dist/apps', app, 'src/main.js')], {
    // On one machine the metrics of each need a port of their own.
    env: { ...process.env, ...(METRICS_PORT ? { METRICS_PORT: String(Number(METRICS_PORT) + index) } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches only this process, which passes it on once.
    detached: true,
  });
  const prefix = app.padEnd(width);
  for (const stream of ['stdout', 'stderr']) {
    createInterface({ input: child[stream] }).on('line', (line) =>
      process[stream].write(`${prefix} | ${line}\n`),
    );
  }
  child.on('exit', (code, signal) => {
    children.delete(app);
    if (!closing) {
      console.error(`${app} ended (${signal ?? `exit code ${code}`}); stopping the others`);
      process.exitCode = 1;
      close('SIGTERM');
    }
  });
  return child;
}

function close(signal) {
  closing = true;
  for (const child of children.values()) child.kill(signal);
}
