import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A StatsD that keeps the packets it gets. */
export class UdpListener {
  readonly packets: string[] = [];
  private constructor(
    private readonly socket: ReturnType<typeof createSocket>,
    readonly port: number,
  ) {
    socket.on('message', (packet) => void this.packets.push(packet.toString()));
  }

  static async start(type: 'udp4' | 'udp6' = 'udp4'): Promise<UdpListener> {
    const socket = createSocket({ type, recvBufferSize: 4 * 1024 * 1024 });
    await new Promise<void>((bound) => socket.bind(0, type === 'udp4' ? '127.0.0.1' : '::1', bound));
    return new UdpListener(socket, socket.address().port);
  }

  get lines(): string[] {
    return this.packets.flatMap((packet) => packet.split('\n'));
  }

  /** The values of lines that begin with `name`, by their type and tags. */
  values(name: string): { value: number; type: string; tags: string[] }[] {
    return this.lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => {
        const [value = '', type = '', tags = ''] = line.slice(name.length + 1).split('|');
        return { value: Number(value), type, tags: tags.slice(1).split(',').sort() };
      });
  }

  async close(): Promise<void> {
    await new Promise<void>((closed) => this.socket.close(() => closed()));
  }
}

export interface StoredFigure {
  readonly '@timestamp': string;
  readonly name: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly app: string;
  readonly instance: string;
}

interface BulkItem {
  readonly create: {
    readonly _index: string;
    readonly _id: string;
    status: number;
    error?: { type: string };
  };
}

/** What an answer is made of: undefined answers as Elasticsearch would. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

/** An HTTP server that speaks the bulk API: what is created twice is stored once. */
export class BulkServer {
  readonly stored = new Map<string, { index: string; document: StoredFigure }>();
  readonly requests: { path: string; type: string; authorization: string | undefined }[] = [];
  /** Answers instead, where it says so. */
  misbehave: Misbehaviour = () => false;
  /** Stores, and then cuts the connection instead of answering. */
  cutAfterStoring = false;
  /** The status of a document; 201 stores it. */
  statusOf: (document: StoredFigure) => number = () => 201;
  readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<BulkServer> {
    const bulk = new BulkServer();
    await new Promise<void>((listening) => bulk.server.listen(0, '127.0.0.1', listening));
    return bulk;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get documents(): StoredFigure[] {
    return [...this.stored.values()].map(({ document }) => document);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { headers } = request;
    this.requests.push({
      path: request.url ?? '',
      type: headers['content-type'] ?? '',
      authorization: headers.authorization,
    });
    if (this.misbehave(request, response)) return;
    const lines = Buffer.concat(chunks).toString().split('\n');
    if (lines.pop() !== '') throw new Error('A bulk body ends with a newline');
    const items: BulkItem[] = [];
    for (let i = 0; i < lines.length; i += 2) {
      const { create } = JSON.parse(lines[i] ?? '') as { create: { _index: string; _id: string } };
      items.push(this.store(create, JSON.parse(lines[i + 1] ?? '') as StoredFigure));
    }
    if (this.cutAfterStoring) {
      request.socket.destroy();
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items }));
  }

  private store({ _index, _id }: { _index: string; _id: string }, document: StoredFigure): BulkItem {
    const status = this.stored.has(_id) ? 409 : this.statusOf(document);
    if (status === 201) this.stored.set(_id, { index: _index, document });
    return { create: { _index, _id, status, ...(status >= 400 && { error: { type: `error_${status}` } }) } };
  }
}
