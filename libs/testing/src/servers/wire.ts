import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The wire between one process and a server, which a test may cut, or hold so that nothing passes. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private readonly pairs = new Set<[Socket, Socket]>();
  private passes = true;

  private constructor(
    private readonly server: Server,
    /** Where the process connects. */
    readonly url: string,
  ) {}

  static async to(serverUrl: string, parameters: Readonly<Record<string, string>> = {}): Promise<Wire> {
    const far = new URL(serverUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const here = new URL(serverUrl);
    here.port = String((server.address() as AddressInfo).port);
    for (const [name, value] of Object.entries(parameters)) here.searchParams.set(name, value);
    const wire = new Wire(server, here.href);
    server.on('connection', (near) => wire.join(near, Number(far.port), far.hostname));
    return wire;
  }

  /** What a process that is killed does: no word of goodbye. New connections are refused until `mend`. */
  cut(): void {
    this.passes = false;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing passes any more on the connections there are, and nobody is told. New ones are refused until `mend`. */
  hold(): void {
    this.passes = false;
    for (const [near, far] of this.pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.pause();
      far.pause();
    }
  }

  /** New connections reach the server. */
  mend(): void {
    this.passes = true;
  }

  /** Tells the process something as if the server had said it. Nothing else may be on its way. */
  say(bytes: Buffer): void {
    for (const [near] of this.pairs) near.write(bytes);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, port: number, host: string): void {
    near.on('error', () => undefined);
    if (!this.passes) return void near.destroy();
    const far = connect(port, host);
    far.on('error', () => undefined);
    const pair: [Socket, Socket] = [near, far];
    this.pairs.add(pair);
    for (const socket of pair) {
      this.sockets.add(socket);
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  }
}
