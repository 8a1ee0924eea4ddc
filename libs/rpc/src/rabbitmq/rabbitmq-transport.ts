import type { AppName, ServiceName } from '@signalbox/contracts';
import type { Logger } from 'pino';
import type { ClientOptions } from '../calling-client';
import { NoticeListeners } from '../notice-listeners';
import type { ServerOptions } from '../operation-server';
import type { Transport } from '../transport';
import { Link } from './link';
import { NoticeStation } from './notice-station';
import { RabbitmqClient } from './rabbitmq-client';
import { RabbitmqNotices } from './rabbitmq-notices';
import { RabbitmqServer } from './rabbitmq-server';

/** How long a start waits for the broker before it goes on without. */
const FIRST_LINK_MS = 10_000;

export class RabbitmqTransport implements Transport {
  readonly kind = 'rabbitmq';
  readonly client: RabbitmqClient;
  readonly notices: RabbitmqNotices;
  private readonly link: Link;
  private readonly station: NoticeStation;
  private readonly listeners: NoticeListeners;
  private readonly servers = new Set<RabbitmqServer>();

  private constructor(
    url: string,
    private readonly options: ClientOptions & ServerOptions,
    private readonly log: Logger,
  ) {
    this.link = new Link(url, log);
    this.client = new RabbitmqClient(this.link, options, log);
    this.listeners = new NoticeListeners(log);
    this.station = new NoticeStation(this.link, this.listeners, log);
    this.notices = this.noticesFor();
  }

  /** Goes on without the broker when it is not there: the link comes up by itself, and `connected` says whether it has. */
  static async open(
    url: string,
    options: ClientOptions & ServerOptions,
    log: Logger,
    firstLinkMs = FIRST_LINK_MS,
  ): Promise<RabbitmqTransport> {
    const transport = new RabbitmqTransport(url, options, log);
    await transport.link.add(transport.station);
    await transport.link.add(transport.client);
    await transport.link.open(firstLinkMs);
    return transport;
  }

  noticesOf(app: AppName): RabbitmqNotices {
    return this.noticesFor(app);
  }

  server(service: ServiceName): RabbitmqServer {
    const server = new RabbitmqServer(this.link, service, this.options, this.log);
    this.servers.add(server);
    return server;
  }

  connected(): boolean {
    return this.link.up && !this.link.blocked;
  }

  async close(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    await Promise.all([...this.servers].map((server) => server.stop(withinMs)));
    await this.client.idle(Math.max(0, until - Date.now()));
    this.client.end();
    await this.link.close();
  }

  private noticesFor(app?: AppName): RabbitmqNotices {
    return new RabbitmqNotices(this.station, this.listeners, this.options.maxMessageBytes, this.log, app);
  }
}
