import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { RECEIVER_CERTIFICATE, RECEIVER_KEY } from './certificate';

export interface Receiver {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Connections open now. */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

const receivers: Receiver[] = [];

/** Closes every receiver opened since the last time. */
export async function closeReceivers(): Promise<void> {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
}

export function httpReceiver(answer: RequestListener, address?: Address): Promise<Receiver> {
  return listen(createHttpServer(answer), address);
}

export function httpsReceiver(answer: RequestListener): Promise<Receiver> {
  return listen(createHttpsServer({ key: RECEIVER_KEY, cert: RECEIVER_CERTIFICATE }, answer));
}

/** @param serve is given each connection as it opens: what it writes is no checked HTTP. */
export function tcpReceiver(serve: (socket: Socket) => void, address?: Address): Promise<Receiver> {
  return listen(createServer(serve), address);
}

/** Answers every request with 200 and `body` after it was read. */
export function answering(body: string | Buffer): RequestListener {
  return (request, response) => {
    request.resume().on('end', () => response.end(body));
  };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}

export type { IncomingMessage, ServerResponse };

interface Address {
  readonly host: string;
  readonly port?: number;
}

async function listen(
  server: Server,
  { host, port = 0 }: Address = { host: '127.0.0.1' },
): Promise<Receiver> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    // Receivers that reset, and clients that hang up, are what is tested.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const receiver: Receiver = {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
  receivers.push(receiver);
  return receiver;
}
