/** Writes `docs/providers.md` from the connectors; with `--check` says whether it is current. */
import document from '../dist/libs/connectors/src/document.js';
import { bringUpToDate, markdown } from './lib/document.mjs';

await bringUpToDate({ 'docs/providers.md': await markdown(document.renderProviders()) }, 'docs:providers');
