import { Controller } from '@nestjs/common';
import { type CallContext, inboundEventOperations, type InboundEventFilter } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { InboundEventsService } from './events.service';

@Controller()
export class InboundEventsController {
  constructor(private readonly events: InboundEventsService) {}

  @Handles(inboundEventOperations.list)
  list(filter: InboundEventFilter, context: CallContext) {
    return this.events.list(filter, context.principal);
  }

  @Handles(inboundEventOperations.get)
  get(input: { endpoint_id: string; id: string }, context: CallContext) {
    return this.events.get(input.endpoint_id, input.id, context.principal);
  }

  @Handles(inboundEventOperations.replay)
  replay(input: { endpoint_id: string; id?: string }, context: CallContext) {
    return this.events.replay(input.endpoint_id, input.id, context.principal);
  }
}
