import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

const root = new URL('../../', import.meta.url);

/** The text of the file of that name, or nothing where there is none. */
export const read = (name) => readFile(new URL(name, root), 'utf8').catch(() => '');

/** As Prettier would have it. */
export async function markdown(text) {
  const options = await resolveConfig(new URL('README.md', root));
  return format(text, { ...options, parser: 'markdown' });
}

/** Writes those files whose text differs; with `--check` says which, and fails. */
export async function bringUpToDate(current, script) {
  for (const [name, text] of Object.entries(current)) {
    if ((await read(name)) === text) continue;
    if (process.argv.includes('--check')) {
      console.error(`${name} is not current: run npm run ${script}`);
      process.exitCode = 1;
    } else {
      await writeFile(new URL(name, root), text);
      console.log(`wrote ${name}`);
    }
  }
}
