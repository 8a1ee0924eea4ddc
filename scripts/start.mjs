/** `npm start`: the whole hub in one process. `npm start -- migrate`, `gateway`, …: that part of it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './lib/build.mjs';
import { fail, node, root } from './lib/node.mjs';

const ENTRIES = {
  hub: 'all-in-one/src/main.js',
  migrate: 'all-in-one/src/migrate/main.js',
  'keys:rotate': 'all-in-one/src/keys/main.js',
  'audit:verify': 'all-in-one/src/audit/main.js',
  'encryption:rotate': 'all-in-one/src/encryption/main.js',
  gateway: 'gateway/src/main.js',
  'webhook-dispatcher': 'webhook-dispatcher/src/main.js',
  'integration-sync': 'integration-sync/src/main.js',
  'api-key-auth': 'api-key-auth/src/main.js',
};
const [part = 'hub', ...args] = process.argv.slice(2);
const entry = ENTRIES[part] ?? fail(`There is no ${part}; there are ${Object.keys(ENTRIES).join(', ')}.`);

build();
const main = join(root, 'dist/apps', entry);
if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv = [node, main, ...args];
  await import(pathToFileURL(main).href);
} else {
  const child = spawn(node, [main, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
