/** Writes `.env.example` and the README's settings from the declaration; with `--check` says whether they are current. */
import document from '../dist/libs/config/src/document.js';
import { bringUpToDate, markdown, read } from './lib/document.mjs';

await bringUpToDate(
  {
    '.env.example': document.renderEnvExample(),
    'README.md': await markdown(document.withSettings(await read('README.md'))),
  },
  'docs:config',
);
