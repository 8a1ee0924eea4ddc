import { Controller } from '@nestjs/common';
import { type CallContext, type DeliveryFilter, webhookOperations } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { DeliveriesService } from './deliveries.service';

@Controller()
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Handles(webhookOperations.deliveries)
  list(filter: DeliveryFilter, context: CallContext) {
    return this.deliveries.list(filter, context.principal);
  }

  @Handles(webhookOperations.retry)
  retry(input: { id: string; delivery_id?: string }, context: CallContext) {
    return this.deliveries.retry(input, context.principal);
  }

  @Handles(webhookOperations.test)
  test(input: { id: string; event_type?: string; payload?: unknown }, context: CallContext) {
    return this.deliveries.test(input, context);
  }
}
