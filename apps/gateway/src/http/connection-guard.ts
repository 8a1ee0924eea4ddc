import type { Server, Socket } from 'node:net';
import type { Config } from '@signalbox/config';
import { counter } from '@signalbox/observability';
import { AddressRanges } from '@signalbox/security';

const refused = counter({
  name: 'gateway_connections_refused_total',
  help: 'Connections ended at once because there were too many, in all or from their address',
  labelNames: ['too_many'],
});

/** Bounds the connections in all and from each address. Nobody has said anything yet, so there is nobody to answer. */
export class ConnectionGuard {
  private readonly proxies: AddressRanges;
  private readonly open = new Map<string, number>();

  constructor(
    private readonly config: Pick<Config, 'MAX_CONNECTIONS' | 'MAX_CONNECTIONS_PER_ADDRESS' | 'TRUST_PROXY'>,
  ) {
    this.proxies = new AddressRanges(config.TRUST_PROXY);
  }

  watch(server: Server): void {
    server.maxConnections = this.config.MAX_CONNECTIONS;
    server.on('drop', () => refused.inc({ too_many: 'all' }));
    server.prependListener('connection', (socket: Socket) => this.meet(socket));
  }

  private meet(socket: Socket): void {
    const address = socket.remoteAddress;
    // A proxy stands for many clients.
    if (address === undefined || this.proxies.contains(address)) return;
    const open = (this.open.get(address) ?? 0) + 1;
    if (open > this.config.MAX_CONNECTIONS_PER_ADDRESS) {
      refused.inc({ too_many: 'address' });
      socket.destroy();
      return;
    }
    this.open.set(address, open);
    socket.once('close', () => this.leave(address));
  }

  private leave(address: string): void {
    const open = (this.open.get(address) ?? 1) - 1;
    if (open > 0) this.open.set(address, open);
    else this.open.delete(address);
  }
}
