import { Controller } from '@nestjs/common';
import {
  type CallContext,
  type WebhookFilter,
  type WebhookInput,
  webhookOperations,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { WebhooksService } from './webhooks.service';

@Controller()
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Handles(webhookOperations.create)
  create(input: WebhookInput, context: CallContext) {
    return this.webhooks.create(input, context);
  }

  @Handles(webhookOperations.list)
  list(filter: WebhookFilter, context: CallContext) {
    return this.webhooks.list(filter, context.principal);
  }

  @Handles(webhookOperations.get)
  get(input: { id: string }, context: CallContext) {
    return this.webhooks.get(input.id, context.principal);
  }

  @Handles(webhookOperations.update)
  update(input: { id: string; changes: Partial<WebhookInput> }, context: CallContext) {
    return this.webhooks.update(input.id, input.changes, context.principal);
  }

  @Handles(webhookOperations.remove)
  remove(input: { id: string }, context: CallContext) {
    return this.webhooks.remove(input.id, context.principal);
  }
}
