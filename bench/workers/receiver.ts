import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../kit/clock';
import { NUMBER_DIGITS, NUMBER_MARK } from '../kit/numbered';
import { serve } from '../kit/worker';

const MARK = Buffer.from(NUMBER_MARK);
const ZERO = 48;
const OK = Buffer.from('ok');

/** When each numbered event came first; 0 for those that have not come. */
let cameAt = new Float64Array(0);
let distinct = 0;
let requests = 0;
let port: number | undefined;

/** The endpoint of every benchmark: reads the whole body, notes its number, answers 200. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    note(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': OK.length });
    response.end(OK);
  });
});
server.keepAliveTimeout = 60_000;

function note(body: Buffer): void {
  requests += 1;
  const start = body.indexOf(MARK) + MARK.length;
  let number = 0;
  for (let at = start; at < start + NUMBER_DIGITS; at += 1) number = number * 10 + (body[at] ?? 0) - ZERO;
  if (cameAt[number] !== 0) return;
  cameAt[number] = now();
  distinct += 1;
}

const api = {
  /** Starts it the first time; where it listens. */
  async listen(): Promise<string> {
    if (port === undefined) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
      ({ port } = server.address() as AddressInfo);
    }
    return `http://127.0.0.1:${port}`;
  },

  /** Forgets what came, and awaits the numbers below `count`. */
  expect(count: number): void {
    cameAt = new Float64Array(count);
    distinct = 0;
    requests = 0;
  },

  /** Waits until each expected number has come, or for as long as nothing new comes for `patienceMs`. */
  async all(patienceMs: number): Promise<{ distinct: number; requests: number }> {
    let last = distinct;
    for (let since = now(); distinct < cameAt.length && now() - since < patienceMs; await sleep(2)) {
      if (distinct === last) continue;
      last = distinct;
      since = now();
    }
    return { distinct, requests };
  },

  times: (): Float64Array => cameAt,
};

export type Receiver = typeof api;
serve(api);
