import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { eventOperations, SYSTEM } from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Rounds, RpcClient } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { isFinal } from '../final-error';
import { LOG } from '../parts.module';
import { EventOutbox, type OutgoingEvent } from './event-outbox';

const EVERY_MS = 1_000;
const PUBLISH_MS = 5_000;
const AT_ONCE = 100;

const told = counter({
  name: 'signalbox_integration_events_total',
  help: 'Events about integrations that the hub published, by type',
  labelNames: ['type'],
});

/**
 * Publishes what is in the outbox, oldest first, and forgets it then. Published again, by a process that did not know, it is the same
 * event: replicas may do so at once.
 */
@Injectable()
export class EventTeller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    EVERY_MS,
    (signal) => this.run(signal),
    (error) =>
      this.log.warn({ err: error }, 'Events about integrations could not be published; trying again shortly'),
  );

  constructor(
    private readonly outbox: EventOutbox,
    private readonly rpc: RpcClient,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  private async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const events = await this.outbox.oldest(AT_ONCE);
      for (const event of events) {
        if (signal.aborted) return;
        await this.tell(event);
      }
      if (events.length < AT_ONCE) return;
    }
  }

  /** @throws whatever may pass: those behind it wait, so that they keep their order */
  private async tell({ id, type, projectId, data }: OutgoingEvent): Promise<void> {
    try {
      await this.rpc.call(
        eventOperations.publish,
        { event_type: type, project_id: projectId, data: JSON.stringify(data), source: 'system' },
        {
          deadlineMs: PUBLISH_MS,
          // Other projects have nothing to do with it.
          context: {
            principal: { ...SYSTEM, projects: projectId === null ? [] : [projectId] },
            idempotencyId: id,
          },
        },
      );
      told.inc({ type });
    } catch (error) {
      if (!isFinal(error)) throw error;
      this.log.error({ err: error, event: id, type }, 'An event about an integration was refused');
    }
    await this.outbox.remove(id);
  }
}
