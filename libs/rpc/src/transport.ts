import type { AppName, ServiceName } from '@signalbox/contracts';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { Notices } from './notices';
import type { RpcClient } from './rpc-client';

/** How operations and notices travel: in this process, or over RabbitMQ. One for each process. */
export interface Transport {
  readonly kind: 'in-process' | 'rabbitmq';
  readonly client: RpcClient;
  /** Tells any notice, and listens to those that reach `everyone`. */
  readonly notices: Notices;
  /** The same, and listens to `one-of-each` notices on behalf of `app`: one of its processes hears each. */
  noticesOf(app: AppName): Notices;
  /** The strategy for `NestFactory.createMicroservice(…, { strategy })` of the app that answers `service`. */
  server(service: ServiceName): CustomTransportStrategy;
  /** True while requests can be sent. */
  connected(): boolean;
  /** Stops taking, waits for what is under way (`withinMs` at most), then disconnects. */
  close(withinMs: number): Promise<void>;
}
