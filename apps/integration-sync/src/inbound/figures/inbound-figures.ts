import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { gauge } from '@signalbox/observability';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../../parts.module';
import { InboundFiguresRepository } from './inbound-figures.repository';
import { LastDay } from './last-day';

const EVERY_MS = 5_000;

const endpoints = gauge({
  name: 'total_webhooks',
  help: 'Number of webhook endpoints that providers send to',
});
const active = gauge({ name: 'active_webhooks', help: 'Number of those that are switched on' });
const total = gauge({ name: 'total_webhook_events', help: 'Number of webhook events received' });
const processed = gauge({ name: 'processed_webhook_events', help: 'Number of processed webhook events' });
const pending = gauge({
  name: 'pending_webhook_events',
  help: 'Number of pending webhook events; 100000 stands for as many or more',
});
const lastDay = gauge({
  name: 'webhook_events_last_24h',
  help: 'Number of webhook events received in the last 24 hours',
});

/** Counts what came in for the metrics. Every replica tells of all of it. */
@Injectable()
export class InboundFiguresRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    EVERY_MS,
    () => this.round(),
    (error) => this.log.warn({ err: error }, 'Inbound events could not be counted; trying again shortly'),
  );

  constructor(
    private readonly figures: InboundFiguresRepository,
    private readonly lastDay: LastDay,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  private async round(): Promise<void> {
    const counted = await this.figures.count();
    endpoints.set(counted.endpoints);
    active.set(counted.activeEndpoints);
    pending.set(counted.pending);
    processed.set(counted.processed);
    total.set(counted.ended + counted.pending);
    lastDay.set(await this.lastDay.count());
  }
}
