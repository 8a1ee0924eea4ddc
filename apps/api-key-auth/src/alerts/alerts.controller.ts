import { Controller } from '@nestjs/common';
import {
  alertOperations,
  type AlertChangeView,
  type AlertInput,
  type AlertView,
  type CallContext,
  type Page,
  type PageRequest,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { AlertsService } from './alerts.service';

@Controller()
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Handles(alertOperations.list)
  list(input: PageRequest, context: CallContext): Promise<Page<AlertView>> {
    return this.alerts.list(input, context);
  }

  @Handles(alertOperations.create)
  create(input: AlertInput, context: CallContext): Promise<AlertView> {
    return this.alerts.create(input, context);
  }

  @Handles(alertOperations.get)
  get(input: { id: string }, context: CallContext): Promise<AlertView> {
    return this.alerts.get(input, context);
  }

  @Handles(alertOperations.update)
  update(input: { id: string; changes: Partial<AlertInput> }, context: CallContext): Promise<AlertView> {
    return this.alerts.update(input, context);
  }

  @Handles(alertOperations.remove)
  remove(input: { id: string }, context: CallContext): Promise<{ id: string; deleted: true }> {
    return this.alerts.remove(input, context);
  }

  @Handles(alertOperations.history)
  history(
    input: PageRequest & { readonly id: string },
    context: CallContext,
  ): Promise<Page<AlertChangeView>> {
    return this.alerts.history(input, context);
  }
}
