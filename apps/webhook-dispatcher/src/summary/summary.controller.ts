import { Controller } from '@nestjs/common';
import {
  webhookOperations,
  type AttemptCounts,
  type AttemptCountsQuery,
  type CallContext,
  type WebhookSummary,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { SummaryService } from './summary.service';

@Controller()
export class SummaryController {
  constructor(private readonly summaries: SummaryService) {}

  @Handles(webhookOperations.summary)
  summary(_input: Record<string, never>, { principal }: CallContext): Promise<WebhookSummary> {
    return this.summaries.summary(principal);
  }

  @Handles(webhookOperations.attemptCounts)
  attemptCounts(input: AttemptCountsQuery, { principal }: CallContext): Promise<AttemptCounts> {
    return this.summaries.attemptCounts(input, principal);
  }
}
