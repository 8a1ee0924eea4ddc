import { Injectable } from '@nestjs/common';
import {
  DomainError,
  type InboundEventFilter,
  type InboundEventRawView,
  type InboundEventView,
  offsetOf,
  type Page,
  type Principal,
} from '@signalbox/contracts';
import { EndpointsService } from '../endpoints/endpoints.service';
import { Processor } from '../processing/processor';
import { validate as isUuid } from 'uuid';
import { eventView, rawEventView } from './event.view';
import { InboundEventsRepository } from './events.repository';

const REPLAYED_AT_ONCE = 1_000;

/** What was received at an endpoint, and what became of it. */
@Injectable()
export class InboundEventsService {
  constructor(
    private readonly events: InboundEventsRepository,
    private readonly endpoints: EndpointsService,
    private readonly processor: Processor,
  ) {}

  async list(filter: InboundEventFilter, principal: Principal): Promise<Page<InboundEventView>> {
    const { endpoint_id: endpointId, status, event_type: eventType, page, size } = filter;
    await this.endpoints.visible(endpointId, principal);
    const offset = offsetOf(filter);
    const { items, total } = await this.events.page({ endpointId, status, eventType, offset, limit: size });
    return { items: items.map(eventView), total, page, size, offset };
  }

  async get(endpointId: string, id: string, principal: Principal): Promise<InboundEventRawView> {
    await this.endpoints.visible(endpointId, principal);
    const event = isUuid(id) ? await this.events.find(endpointId, id) : null;
    if (event === null) throw DomainError.notFound('inbound_event');
    return rawEventView(event);
  }

  /** @throws DomainError CONFLICT for one that is still pending */
  async replay(
    endpointId: string,
    id: string | undefined,
    principal: Principal,
  ): Promise<{ replayed: number }> {
    await this.endpoints.visible(endpointId, principal);
    if (id !== undefined) {
      const event = isUuid(id) ? await this.events.find(endpointId, id) : null;
      if (event === null) throw DomainError.notFound('inbound_event');
    }
    const replayed = await this.events.replay(endpointId, id ?? null, REPLAYED_AT_ONCE);
    if (id !== undefined && replayed === 0)
      throw DomainError.conflict('inbound_event', 'inbound_event_pending');
    if (replayed > 0) this.processor.wake();
    return { replayed };
  }
}
