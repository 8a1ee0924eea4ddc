import { Injectable, type OnModuleInit } from '@nestjs/common';
import { inboundEndpointsChanged, inboundOperations } from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Notices, RpcClient } from '@signalbox/rpc';
import { AddressRanges } from '@signalbox/security';
import { BelievedCache } from '../access/believed-cache';

const MAX_DOORS = 10_000;

const lookups = counter({
  name: 'gateway_inbound_lookups_total',
  help: 'Webhook endpoints looked up, by where they were found',
  labelNames: ['found'],
});

/** What a delivery is counted and admitted by. */
export interface Door {
  readonly endpointId: string;
  /** Deliveries a minute; null for the published limit. */
  readonly rateLimit: number | null;
  admits(address: string): boolean;
}

/** What must be known of the endpoints that were sent to lately, to count and admit deliveries. */
@Injectable()
export class Doors implements OnModuleInit {
  private readonly cache = new BelievedCache<Door>({
    max: MAX_DOORS,
    found: (found) => lookups.inc({ found }),
  });

  constructor(
    private readonly rpc: RpcClient,
    private readonly notices: Notices,
  ) {}

  async onModuleInit(): Promise<void> {
    this.notices.onReconnect(() => this.cache.clear());
    await this.notices.listen(inboundEndpointsChanged, ({ paths }) => this.cache.drop(...paths));
  }

  /** Whether it is known, without asking, that there is one or none. */
  knows(path: string): boolean {
    return this.cache.peek(path) !== undefined;
  }

  /** Null where there is none. */
  at(path: string, deadlineMs: number): Door | null | Promise<Door | null> {
    return this.cache.get(path, () => this.ask(path, deadlineMs));
  }

  private async ask(path: string, deadlineMs: number): Promise<Door | null> {
    const door = await this.rpc.call(inboundOperations.door, { path }, { deadlineMs });
    if (door === null) return null;
    const ranges = new AddressRanges(door.allowed_ips);
    return {
      endpointId: door.endpoint_id,
      rateLimit: door.rate_limit,
      admits: (address) => ranges.empty || ranges.contains(address),
    };
  }
}
