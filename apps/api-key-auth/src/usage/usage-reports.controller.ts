import { Controller } from '@nestjs/common';
import {
  usageReportOperations,
  type CallContext,
  type Page,
  type PageRequest,
  type UsageReportInput,
  type UsageReportResult,
  type UsageReportView,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { UsageReportsService } from './usage-reports.service';

@Controller()
export class UsageReportsController {
  constructor(private readonly reports: UsageReportsService) {}

  @Handles(usageReportOperations.list)
  list(input: PageRequest, context: CallContext): Promise<Page<UsageReportView>> {
    return this.reports.list(input, context);
  }

  @Handles(usageReportOperations.create)
  create(input: UsageReportInput, context: CallContext): Promise<UsageReportView> {
    return this.reports.create(input, context);
  }

  @Handles(usageReportOperations.get)
  get(input: { id: string }, context: CallContext): Promise<UsageReportView> {
    return this.reports.get(input, context);
  }

  @Handles(usageReportOperations.update)
  update(
    input: { id: string; changes: Partial<UsageReportInput> },
    context: CallContext,
  ): Promise<UsageReportView> {
    return this.reports.update(input, context);
  }

  @Handles(usageReportOperations.remove)
  remove(input: { id: string }, context: CallContext): Promise<{ id: string; deleted: true }> {
    return this.reports.remove(input, context);
  }

  @Handles(usageReportOperations.run)
  run(input: { id: string; from?: string; to?: string }, context: CallContext): Promise<UsageReportResult> {
    return this.reports.run(input, context);
  }
}
