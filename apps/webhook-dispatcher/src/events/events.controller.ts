import { Controller } from '@nestjs/common';
import { eventOperations, type CallContext, type PublishInput } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { EventsService } from './events.service';

@Controller()
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Handles(eventOperations.publish)
  publish(input: PublishInput, context: CallContext) {
    return this.events.publish(input, context);
  }
}
