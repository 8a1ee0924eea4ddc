import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type InboundDoor, inboundEndpointChanged, inboundOperations } from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Notices, RpcClient } from '@signalbox/rpc';
import { BelievedCache } from '../access/believed-cache';

const MAX_DOORS = 10_000;

const lookups = counter({
  name: 'gateway_inbound_lookups_total',
  help: 'Webhook endpoints looked up, by where they were found',
  labelNames: ['found'],
});

/** What must be known of the endpoints that were sent to lately, to count and admit deliveries. */
@Injectable()
export class Doors implements OnModuleInit {
  private readonly cache = new BelievedCache<InboundDoor>({
    max: MAX_DOORS,
    found: (found) => lookups.inc({ found }),
  });

  constructor(
    private readonly rpc: RpcClient,
    private readonly notices: Notices,
  ) {}

  async onModuleInit(): Promise<void> {
    this.notices.onReconnect(() => this.cache.clear());
    await this.notices.listen(inboundEndpointChanged, ({ paths }) => this.cache.drop(...paths));
  }

  /** Null where there is none. */
  at(path: string, deadlineMs: number): InboundDoor | null | Promise<InboundDoor | null> {
    return this.cache.get(path, () => this.rpc.call(inboundOperations.door, { path }, { deadlineMs }));
  }
}
