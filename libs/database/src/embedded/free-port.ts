import { createServer } from 'node:net';

/** Below those that a system takes for connections that go out: from 32768 on Linux, from 49152 elsewhere. */
const FIRST = 20_000;
const PORTS = 12_672;
/** Processes that look at the same time look in different places, each in one of so many. */
const EACH = 128;

let next = (process.pid * EACH + Math.floor(Math.random() * EACH)) % PORTS;

/**
 * A TCP port of 127.0.0.1 that nobody listens on now, that no outgoing connection is given, and that this process was not given
 * before. Another may take it before you do, which is unlikely.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PORTS; tried += 1) {
    const port = FIRST + next;
    next = (next + 1) % PORTS;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${FIRST} to ${FIRST + PORTS - 1} of 127.0.0.1 is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
