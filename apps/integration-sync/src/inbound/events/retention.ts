import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { counter } from '@signalbox/observability';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../../parts.module';
import { InboundEventsRepository } from './events.repository';

export const INBOUND_RETENTION_DAYS = Symbol('inbound retention');

const EVERY_MS = 15 * 60 * 1000;
const FIRST_IN_MS = 60_000;
const AT_ONCE = 1_000;
const DAY_MS = 86_400_000;

const purged = counter({
  name: 'signalbox_inbound_events_purged_total',
  help: 'Inbound events removed because of their age or because their endpoint is gone',
});

/** Removes what is past its retention and what belongs to endpoints that are gone, a bounded batch at a time. Pending ones stay. */
@Injectable()
export class InboundRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    EVERY_MS,
    (signal) => this.run(signal),
    (error) => this.log.warn({ err: error }, 'Old inbound events could not be removed; trying again later'),
  );

  constructor(
    private readonly events: InboundEventsRepository,
    @Inject(INBOUND_RETENTION_DAYS) private readonly days: number,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(FIRST_IN_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  async run(signal?: AbortSignal, now = Date.now()): Promise<void> {
    const before = new Date(now - this.days * DAY_MS);
    await inBatches(signal, () => this.events.forget(before, AT_ONCE));
    await inBatches(signal, () => this.events.forgetOrphans(AT_ONCE));
  }
}

async function inBatches(signal: AbortSignal | undefined, batch: () => Promise<number>): Promise<void> {
  for (let removed = AT_ONCE; removed === AT_ONCE && signal?.aborted !== true;) {
    removed = await batch();
    purged.inc(removed);
  }
}
