import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, node, root } from './node.mjs';

const STAMP = join(root, 'dist/.built-from');

/** Compiles every app to `dist/` when its sources are not those of the last time; a few seconds, else none. */
export function build() {
  const sources = fingerprint();
  if (read(STAMP) === sources) return;
  console.error('Compiling …');
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const { status } = spawnSync(node, [nest, 'build', 'all-in-one'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) fail('The sources do not compile: npm run types says where.');
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(STAMP, sources);
}

/** Of what is compiled and of what compiles it. By content: times of files mean nothing after a checkout. */
function fingerprint() {
  const files = ['package-lock.json', 'nest-cli.json', 'tsconfig.json', 'apps/all-in-one/tsconfig.app.json'];
  for (const folder of ['apps', 'libs']) {
    for (const file of readdirSync(join(root, folder), { recursive: true })) {
      const source = file.endsWith('.ts') && !file.endsWith('spec.ts') && !file.startsWith('testing/');
      if (source) files.push(join(folder, file));
    }
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}\0${read(join(root, file))}\0`);
  return hash.digest('hex');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
