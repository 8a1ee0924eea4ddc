/** `npm run bench [-- name …] [--quick] [--profile]`: compiles the hub and the benchmarks, then runs them. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from '../scripts/lib/build.mjs';
import { fail, node, root } from '../scripts/lib/node.mjs';

build();
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(node, [tsc, '-p', join(root, 'bench/tsconfig.json')], { stdio: 'inherit' });
if (status !== 0) fail('The benchmarks do not compile.');

const child = spawn(node, [join(root, 'dist/bench/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// The benchmarks close what they started; a second signal is passed on as well.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
