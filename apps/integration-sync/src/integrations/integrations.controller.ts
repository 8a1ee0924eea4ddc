import { Controller } from '@nestjs/common';
import {
  type CallContext,
  type IntegrationChanges,
  type IntegrationFilter,
  type IntegrationInput,
  integrationOperations,
  type PageRequest,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { IntegrationsService } from './integrations.service';

@Controller()
export class IntegrationsController {
  constructor(private readonly integrations: IntegrationsService) {}

  @Handles(integrationOperations.create)
  create(input: IntegrationInput, context: CallContext) {
    return this.integrations.create(input, context);
  }

  @Handles(integrationOperations.list)
  list(filter: IntegrationFilter, context: CallContext) {
    return this.integrations.list(filter, context.principal);
  }

  @Handles(integrationOperations.get)
  get(input: { id: string }, context: CallContext) {
    return this.integrations.get(input.id, context.principal);
  }

  @Handles(integrationOperations.update)
  update(input: { id: string; changes: IntegrationChanges }, context: CallContext) {
    return this.integrations.update(input.id, input.changes, context.principal);
  }

  @Handles(integrationOperations.remove)
  remove(input: { id: string }, context: CallContext) {
    return this.integrations.remove(input.id, context.principal);
  }

  @Handles(integrationOperations.test)
  test(input: { id: string }, context: CallContext) {
    return this.integrations.test(input.id, context.principal);
  }

  @Handles(integrationOperations.status)
  status(input: { id: string }, context: CallContext) {
    return this.integrations.status(input.id, context.principal);
  }

  @Handles(integrationOperations.versions)
  versions(input: PageRequest & { id: string }, context: CallContext) {
    return this.integrations.versions(input, context.principal);
  }

  @Handles(integrationOperations.activities)
  activities(input: PageRequest & { id: string }, context: CallContext) {
    return this.integrations.activities(input, context.principal);
  }
}
