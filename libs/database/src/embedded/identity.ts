import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** It may be there and not on the PATH. */
const SETPRIV = ['setpriv', '/usr/bin/setpriv', '/bin/setpriv'];

/** Who runs PostgreSQL, which refuses to run as root. */
export interface Identity {
  /** Set when we are root. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Goes before the command. */
  readonly prefix: readonly string[];
  /** How to spawn it. */
  readonly spawn: { readonly uid?: number; readonly gid?: number };
}

/**
 * As an ordinary user: that user. As root: the owner of the data that is there, else the system's `postgres`, else
 * `nobody`; nothing is installed and no user is made. Where that user may not enter the folders (`/root`), it is given
 * the one capability that lets it.
 */
export async function identityFor(dir: string, binary: string): Promise<Identity> {
  if (process.getuid?.() !== 0) return { prefix: [], spawn: {} };
  const owner = (await ownerOf(join(dir, 'PG_VERSION'))) ?? (await systemUser());
  const may = (path: string) =>
    spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...owner, stdio: 'ignore' }).status === 0;
  if (may(binary) && may(dirname(dir))) return { owner, prefix: [], spawn: owner };
  const setpriv = SETPRIV.find(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (setpriv === undefined) {
    throw new Error(
      `PostgreSQL does not run as root, and user ${owner.uid} may not enter ${dirname(dir)} or ${dirname(binary)}. ` +
        'Run as an ordinary user, or name a server in DATABASE_URL.',
    );
  }
  const { uid, gid } = owner;
  return {
    owner,
    prefix: [
      setpriv,
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
    ],
    spawn: {},
  };
}

async function ownerOf(path: string) {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

async function systemUser() {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody". Name a server in DATABASE_URL.',
  );
}
