import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders where distributions put servers without putting them on everybody's PATH. */
const ALSO = [
  '/usr/lib/rabbitmq/bin',
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
];

/** Where a server's program is on this machine, or undefined. */
export function findBinary(name: string): string | undefined {
  // Debian's /usr/sbin/rabbitmq-server changes user and folder; the program itself is what we want.
  const folders = [...ALSO, ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export function requireBinary(name: string): string {
  const path = findBinary(name);
  if (!path) throw new Error(`${name} is not on this machine; \`npm test\` says how to get it`);
  return path;
}
