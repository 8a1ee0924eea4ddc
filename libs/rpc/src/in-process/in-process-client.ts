import type { ServiceName } from '@signalbox/contracts';
import type { Logger } from 'pino';
import { CallingClient, type Call, type ClientOptions } from '../calling-client';
import type { InProcessServer } from './in-process-server';

export class InProcessClient extends CallingClient {
  constructor(
    private readonly servers: ReadonlyMap<ServiceName, InProcessServer>,
    options: ClientOptions,
    log: Logger,
  ) {
    super(options, log);
  }

  protected send(call: Call): void {
    const server = this.servers.get(call.operation.service);
    if (server === undefined) return this.fail(call.id, 'SERVICE_UNAVAILABLE');
    call.sent = true;
    void server.take(call.operation.name, call.message).then((reply) => this.settle(call.id, reply));
  }
}
