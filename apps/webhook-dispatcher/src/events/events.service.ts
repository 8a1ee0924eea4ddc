import { Injectable } from '@nestjs/common';
import { DomainError, type CallContext, type PublishInput, sees } from '@signalbox/contracts';
import { Batcher, newId } from '@signalbox/database';
import { counter } from '@signalbox/observability';
import { Engine } from '../engine/engine';
import { EventTypesService } from '../event-types/event-types.service';
import { EventsRepository, type NewEvent } from './events.repository';
import { publishedBody } from './published-body';

const MAX_BATCH = 256;
const ENOUGH = 32;
const MAX_WAITING = 10_000;

const published = counter({ name: 'signalbox_events_published_total', help: 'Events accepted' });
const fanOut = counter({
  name: 'signalbox_deliveries_created_total',
  help: 'Deliveries created for accepted events',
});

/** Accepts events: what is answered is on disk, and already under way. */
@Injectable()
export class EventsService {
  private readonly writer: Batcher<NewEvent, number>;

  constructor(
    private readonly events: EventsRepository,
    private readonly eventTypes: EventTypesService,
    private readonly engine: Engine,
  ) {
    this.writer = new Batcher((batch) => this.store(batch), {
      maxBatch: MAX_BATCH,
      enough: ENOUGH,
      maxWriting: 2,
      maxWaiting: MAX_WAITING,
      gatherMs: 0,
    });
  }

  async publish(
    input: PublishInput,
    context: CallContext,
  ): Promise<{ event_id: string; event_type: string; deliveries: number }> {
    const projectId = input.project_id ?? null;
    if (projectId !== null && !sees(context.principal, projectId)) throw DomainError.notFound('resource');
    await this.eventTypes.check(input.event_type, input.data, context.principal);
    if (this.writer.full) throw new DomainError({ code: 'SERVICE_UNAVAILABLE', retryAfter: 1 });
    const id = context.idempotencyId ?? newId();
    const deliveries = await this.writer.add({
      id,
      type: input.event_type,
      projectId,
      audience: projectId === null ? context.principal.projects : [projectId],
      body: publishedBody({
        type: input.event_type,
        timestamp: new Date().toISOString(),
        data: input.data,
        source: input.source,
        requestId: context.requestId,
      }),
      createdBy: context.principal.id,
    });
    return { event_id: id, event_type: input.event_type, deliveries };
  }

  /** Resolves once everything accepted so far is on disk. */
  idle(): Promise<void> {
    return this.writer.idle();
  }

  private async store(batch: NewEvent[]): Promise<number[]> {
    // The same request may have come twice at once: it is one event.
    const unique = [...new Map(batch.map((event) => [event.id, event])).values()];
    const stored = await this.events.store(unique, this.engine.room);
    published.inc(stored.size);
    let left = false;
    for (const { deliveries, claims } of stored.values()) {
      fanOut.inc(deliveries);
      this.engine.take(claims);
      left ||= claims.length < deliveries;
    }
    // What found no room here is for whoever has room.
    if (left) this.engine.wake();
    const counts: number[] = [];
    for (const { id } of batch) {
      counts.push(stored.get(id)?.deliveries ?? (await this.events.deliveriesOf(id)));
    }
    return counts;
  }
}
