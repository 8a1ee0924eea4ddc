import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The Node that npm installed for this project, whatever Node the machine has. */
const pinned = `${root}node_modules/node/bin/node`;
export const node = existsSync(pinned) ? pinned : process.execPath;

export function fail(message) {
  console.error(message);
  process.exit(1);
}
