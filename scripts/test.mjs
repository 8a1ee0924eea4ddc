/**
 * `npm test [-- what Jest takes]`: every suite, on real servers. PostgreSQL comes with npm; RabbitMQ, Redis and a Docker
 * registry are used when this machine has them, and on Debian installed when it has not.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from './lib/build.mjs';
import { fail, node, root } from './lib/node.mjs';

const SERVERS = [
  { name: 'RabbitMQ', programs: ['rabbitmq-server'], url: 'TEST_AMQP_URL', package: 'rabbitmq-server' },
  { name: 'Redis', programs: ['redis-server'], url: 'TEST_REDIS_URL', package: 'redis-server' },
  // Only one of the tests' own tells the hub what happens in it: a URL of another is of no use.
  { name: 'Docker registry', programs: ['docker-registry', 'registry'], package: 'docker-registry' },
];
/** The same as in libs/testing/src/servers/binary.ts. */
const ALSO = [
  '/usr/lib/rabbitmq/bin',
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
];
const INSTALL_MS = 5 * 60_000;

const strict = Boolean(process.env.CI) && process.env.CI !== 'false';
const args = process.argv.slice(2);
const jest = join(root, 'node_modules/jest/bin/jest.js');
const env = {
  ...process.env,
  NODE_OPTIONS:
    `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
};

if (SERVERS.some(isMissing)) install(SERVERS.filter(isMissing));
const missing = SERVERS.filter(isMissing);
if (missing.length > 0) {
  const how = missing.map(
    ({ name, programs, url }) =>
      `  ${name}: put ${programs.join(' or ')} on the PATH${url ? `, or name a server for tests alone in ${url}` : ''}`,
  );
  const message = `Not on this machine:\n${how.join('\n')}`;
  if (strict) fail(`${message}\nWith CI set nothing is skipped, so this is a failure.`);
  console.error(`${message}\nSuites that need them are SKIPPED.\n`);
}

if (needsDist()) build();
const child = spawn(node, [jest, '--config', join(root, 'jest.config.cjs'), ...args], {
  cwd: root,
  env,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

function isMissing({ programs, url }) {
  if (url && process.env[url]) return false;
  const folders = [...ALSO, ...(process.env.PATH ?? '').split(delimiter)];
  return !programs.some((program) => folders.some((folder) => existsSync(join(folder, program))));
}

/** Suites of the whole hub run what is compiled. */
function needsDist() {
  const { stdout } = spawnSync(
    node,
    [jest, '--config', join(root, 'jest.config.cjs'), '--listTests', ...args],
    {
      cwd: root,
      env,
      encoding: 'utf8',
    },
  );
  return stdout.includes('.system-spec.ts');
}

/** On Debian as root, unless TEST_NO_INSTALL is set. What the packages would start is not started. */
function install(servers) {
  const possible =
    process.getuid?.() === 0 && existsSync('/etc/debian_version') && !process.env.TEST_NO_INSTALL;
  if (!possible) return;
  const packages = servers.map((server) => server.package);
  console.error(`Installing ${packages.join(' and ')} with apt-get …`);
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const until = Date.now() + INSTALL_MS;
  try {
    for (const command of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    ]) {
      const { status, stderr } = spawnSync('apt-get', command, {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: Math.max(1, until - Date.now()),
        encoding: 'utf8',
      });
      if (status !== 0) {
        console.error(`apt-get ${command[0]} failed:\n${stderr.trim()}`);
        return;
      }
    }
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}
