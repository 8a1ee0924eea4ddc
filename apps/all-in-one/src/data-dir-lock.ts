import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { StartError } from '@signalbox/rpc';

/** Paths of sockets are cut off beyond this (macOS: 104 bytes). */
const LONGEST_PATH = 100;
const TRIES = 3;

/**
 * Holds a data folder for this process: two PostgreSQLs must never write to one folder. The lock is a listening socket in the
 * folder, so the system itself lets go of it however the process ends, and no number of a process has to be believed.
 * @returns lets go
 * @throws StartError when another process holds it
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = socketPath(await realpath(dataDir));
  for (let tried = 0; tried < TRIES; tried += 1) {
    const server = await listen(path);
    if (server) return () => new Promise((resolve) => server.close(() => resolve()));
    if (await answers(path)) break;
    await rm(path, { force: true });
  }
  throw new StartError(
    `Another hub is running on the data folder ${dataDir}. Stop it, or give this one a folder of its own: DATA_DIR=<folder>.`,
  );
}

function socketPath(dataDir: string): string {
  const inside = join(dataDir, 'hub.sock');
  const fromHere = relative(process.cwd(), inside);
  const shortest = fromHere.length < inside.length ? fromHere : inside;
  if (Buffer.byteLength(shortest) <= LONGEST_PATH) return shortest;
  return join(tmpdir(), `signalbox-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}.sock`);
}

/** Undefined when the socket is there already, alive or not. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server.unref()));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Not allowed to ask means that somebody else's hub is there.
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}
