import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { INTEGRATION_STATUSES, INTEGRATION_TYPES } from '@signalbox/contracts';
import { gauge } from '@signalbox/observability';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { ACTIVITY_RETENTION_DAYS, LOG } from '../../parts.module';
import { IntegrationFiguresRepository } from './integration-figures.repository';

const EVERY_MS = 5_000;
const FORGOTTEN_AT_ONCE = 1_000;

const byStatus = gauge({
  name: 'integrations_by_status',
  help: 'Number of integrations by status',
  labelNames: ['status'],
});
const byType = gauge({
  name: 'integrations_by_type',
  help: 'Number of integrations by type',
  labelNames: ['type'],
});

/** Counts integrations for the metrics, and forgets old activities. Every replica tells of all integrations. */
@Injectable()
export class IntegrationFigures implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    EVERY_MS,
    () => this.round(),
    (error) => this.log.warn({ err: error }, 'Integrations could not be counted; trying again shortly'),
  );

  constructor(
    private readonly figures: IntegrationFiguresRepository,
    @Inject(ACTIVITY_RETENTION_DAYS) private readonly days: number,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  private async round(): Promise<void> {
    const counts = await this.figures.counts();
    const sum = (one: (count: (typeof counts)[number]) => boolean) =>
      counts.filter(one).reduce((total, { integrations }) => total + integrations, 0);
    for (const status of INTEGRATION_STATUSES)
      byStatus.set(
        { status },
        sum((count) => count.status === status),
      );
    for (const type of INTEGRATION_TYPES)
      byType.set(
        { type },
        sum((count) => count.type === type),
      );
    if (this.days > 0) await this.figures.forgetActivities(this.days, FORGOTTEN_AT_ONCE);
  }
}
