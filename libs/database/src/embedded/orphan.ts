import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const LEAVE_MS = 15_000;
const QUIT_MS = 15_000;

/**
 * Makes sure that no server of an earlier run holds the data folder. The caller must hold the folder's lock: then a
 * server that is still there belongs to nobody.
 */
export async function clearOrphan(dir: string): Promise<void> {
  const pidFile = join(dir, 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n', 1)[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  if (await isServerOf(pid, dir)) signal(pid, 'SIGINT');
  if (await goneWithin(pid, dir, LEAVE_MS)) return clearStale(pid, pidFile);
  signal(pid, 'SIGQUIT');
  if (!(await goneWithin(pid, dir, QUIT_MS))) {
    throw new Error(
      `The PostgreSQL of an earlier start (process ${pid}) still holds ${dir} and does not end.`,
    );
  }
  await clearStale(pid, pidFile);
}

/** The number may belong to another process by now, which PostgreSQL would take for its own kind. */
async function clearStale(pid: number, pidFile: string): Promise<void> {
  if (alive(pid)) await rm(pidFile, { force: true });
}

async function goneWithin(pid: number, dir: string, ms: number): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; await sleep(100)) {
    if (!alive(pid) || !(await isServerOf(pid, dir))) return true;
  }
  return false;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isServerOf(pid: number, dir: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    .then((text) => text.replaceAll('\0', ' '))
    .catch(async () => {
      const ps = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(
        () => undefined,
      );
      return ps?.stdout ?? '';
    });
  return command.includes('postgres') && command.includes(dir);
}
