/** Writes `.env.example` and the README's settings from the declaration; with `--check` says whether they are current. */
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import document from '../dist/libs/config/src/document.js';

const root = new URL('../', import.meta.url);
const readme = new URL('README.md', root);
const options = { ...(await resolveConfig(readme)), parser: 'markdown' };
const current = {
  '.env.example': document.renderEnvExample(),
  'README.md': await format(document.withSettings(await readFile(readme, 'utf8')), options),
};

const stale = [];
for (const [name, text] of Object.entries(current)) {
  const file = new URL(name, root);
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) stale.push([name, file, text]);
}
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is not current: run npm run docs:config`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [name, file, text] of stale) {
    await writeFile(file, text);
    console.log(`wrote ${name}`);
  }
}
