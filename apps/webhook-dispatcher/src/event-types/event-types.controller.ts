import { Controller } from '@nestjs/common';
import { type CallContext, eventTypeOperations, type PageRequest } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { EventTypesService } from './event-types.service';

@Controller()
export class EventTypesController {
  constructor(private readonly eventTypes: EventTypesService) {}

  @Handles(eventTypeOperations.list)
  list(page: PageRequest) {
    return this.eventTypes.list(page);
  }

  @Handles(eventTypeOperations.create)
  create(
    input: { name: string; description?: string; schema?: Readonly<Record<string, unknown>> | null },
    context: CallContext,
  ) {
    return this.eventTypes.create(input, context);
  }
}
