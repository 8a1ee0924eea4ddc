import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './servers/until';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The body as text. */
  readonly text: string;
  /** The body as JSON; throws when it is not. */
  json(): unknown;
  /** Milliseconds since the epoch when the whole body was there. */
  readonly at: number;
}

export type Reply =
  | number
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
      /** Waits before answering. */
      readonly delayMs?: number;
    }
  /** Never answers. */
  | 'hang'
  /** Breaks the connection. */
  | 'reset'
  /** Takes the answer into its own hands. */
  | ((response: ServerResponse) => void);

export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** In the order in which they came. */
  readonly requests: readonly ReceivedRequest[];
  /** Resolves when at least `count` requests are there. */
  received(count: number, withinMs?: number): Promise<readonly ReceivedRequest[]>;
  close(): Promise<void>;
}

/**
 * An HTTP server that keeps what it is sent.
 * @param options.respond what to answer, `nth` counting from 1; 200 without it
 */
export async function startReceiver(
  options: {
    respond?: (request: ReceivedRequest, nth: number) => Reply | Promise<Reply>;
    port?: number;
    host?: string;
  } = {},
): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const host = options.host ?? '127.0.0.1';
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('error', () => undefined);
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const request: ReceivedRequest = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        rawHeaders: incoming.rawHeaders,
        body,
        text: body.toString('utf8'),
        json: () => JSON.parse(body.toString('utf8')) as unknown,
        at: Date.now(),
      };
      const nth = requests.push(request);
      Promise.resolve(options.respond?.(request, nth) ?? 200).then(
        (reply) => send(reply, response, timers),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    requests,
    received: async (count, withinMs = 10_000) => {
      await until(`${count} requests received`, withinMs, () => requests.length >= count);
      return requests;
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function send(reply: Reply, response: ServerResponse, timers: Set<NodeJS.Timeout>): void {
  if (reply === 'hang') return;
  if (reply === 'reset') {
    response.destroy();
    return;
  }
  if (typeof reply === 'function') return reply(response);
  const {
    status = 200,
    headers = {},
    body = '',
    delayMs = 0,
  } = typeof reply === 'number' ? { status: reply } : reply;
  const timer = setTimeout(() => {
    timers.delete(timer);
    response.writeHead(status, headers).end(body);
  }, delayMs);
  timers.add(timer);
}
