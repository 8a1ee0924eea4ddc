import type { AppName, ServiceName } from '@signalbox/contracts';
import type { Logger } from 'pino';
import type { ClientOptions } from '../calling-client';
import { NoticeListeners } from '../notice-listeners';
import type { ServerOptions } from '../operation-server';
import type { Transport } from '../transport';
import { InProcessClient } from './in-process-client';
import { InProcessNotices } from './in-process-notices';
import { InProcessServer } from './in-process-server';

/** Between apps that share a process. Everything but bytes passes through JSON, so that nothing works here that fails elsewhere. */
export class InProcessTransport implements Transport {
  readonly kind = 'in-process';
  readonly client: InProcessClient;
  readonly notices: InProcessNotices;
  private readonly servers = new Map<ServiceName, InProcessServer>();
  private readonly listeners: NoticeListeners;
  private closed = false;

  constructor(
    private readonly options: ClientOptions & ServerOptions,
    private readonly log: Logger,
  ) {
    this.client = new InProcessClient(this.servers, options, log);
    this.listeners = new NoticeListeners(log);
    this.notices = new InProcessNotices(this.listeners, options, log);
  }

  noticesOf(app: AppName): InProcessNotices {
    return new InProcessNotices(this.listeners, this.options, this.log, app);
  }

  server(service: ServiceName): InProcessServer {
    return new InProcessServer(this.servers, service, this.options, this.log);
  }

  connected(): boolean {
    return !this.closed;
  }

  async close(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    await Promise.all([...this.servers.values()].map((server) => server.stop(withinMs)));
    await this.client.idle(Math.max(0, until - Date.now()));
    this.client.end();
    this.closed = true;
  }
}
