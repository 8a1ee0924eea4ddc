import { Controller } from '@nestjs/common';
import { connectorById } from '@signalbox/connectors';
import { type CallContext, integrationOperations, type IntegrationsSummary } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { IntegrationFiguresRepository } from './integration-figures.repository';

@Controller()
export class IntegrationsSummaryController {
  constructor(private readonly figures: IntegrationFiguresRepository) {}

  @Handles(integrationOperations.summary)
  async summary(_input: Record<string, never>, { principal }: CallContext): Promise<IntegrationsSummary> {
    const by_kind = { webhook: 0, api_client: 0, oauth: 0 };
    let [total, active] = [0, 0];
    for (const row of await this.figures.byProvider(principal.projects)) {
      total += row.total;
      active += row.active;
      const kind = connectorById(row.provider)?.kind;
      if (kind !== undefined) by_kind[kind] += row.total;
    }
    return { total, active, by_kind };
  }
}
