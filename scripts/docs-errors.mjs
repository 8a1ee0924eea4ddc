/** Writes a page for every error code, and the tables of their index; with `--check` says whether they are current. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import pages from '../dist/apps/gateway/src/error-pages/error-pages.js';

const START = '<!-- errors:start -->';
const END = '<!-- errors:end -->';
const root = new URL('../', import.meta.url);
const folder = new URL('docs/errors/', root);
const index = new URL('docs/errors.md', root);
const options = { ...(await resolveConfig(index)), parser: 'markdown' };
const generated = '<!-- Generated from apps/gateway/src/error-pages by `npm run docs:errors`. -->';

const [before, rest] = (await readFile(index, 'utf8')).split(START);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`docs/errors.md has no ${START} … ${END}`);

const current = new Map([
  [
    'docs/errors.md',
    [before, START, '\n\n', generated, '\n\n', pages.errorIndex(), '\n\n', END, after].join(''),
  ],
  ...pages.DOCUMENTED_CODES.map((code) => [
    `docs/errors/${code}.md`,
    `${generated}\n\n${pages.errorPage(code)}\n[All error codes](../errors.md)\n`,
  ]),
]);

await mkdir(folder, { recursive: true });
const stale = [];
for (const [name, text] of current) {
  const wanted = await format(text, options);
  if ((await readFile(new URL(name, root), 'utf8').catch(() => '')) !== wanted) stale.push([name, wanted]);
}
const extra = (await readdir(folder))
  .map((name) => `docs/errors/${name}`)
  .filter((name) => !current.has(name));

if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`${name} is not current: run npm run docs:errors`);
  for (const name of extra) console.error(`${name} is of no error code: run npm run docs:errors`);
  process.exitCode = stale.length + extra.length === 0 ? 0 : 1;
} else {
  for (const [name, text] of stale) {
    await writeFile(new URL(name, root), text);
    console.log(`wrote ${name}`);
  }
  for (const name of extra) {
    await rm(new URL(name, root));
    console.log(`removed ${name}`);
  }
}
