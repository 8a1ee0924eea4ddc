import { Controller } from '@nestjs/common';
import { webhookOperations, type CallContext, type WebhookSummary } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { SummaryService } from './summary.service';

@Controller()
export class SummaryController {
  constructor(private readonly summaries: SummaryService) {}

  @Handles(webhookOperations.summary)
  summary(_input: Record<string, never>, { principal }: CallContext): Promise<WebhookSummary> {
    return this.summaries.summary(principal);
  }
}
