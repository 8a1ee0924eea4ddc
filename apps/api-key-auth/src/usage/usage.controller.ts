import { Controller } from '@nestjs/common';
import {
  usageOperations,
  type CallContext,
  type Page,
  type UsageBatch,
  type UsageDashboardView,
  type UsageExportQuery,
  type UsageLogFilter,
  type UsageLogView,
  type UsageStatsQuery,
  type UsageStatsView,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { UsageDashboardService } from './usage-dashboard.service';
import { UsageIntakeService } from './usage-intake.service';
import { UsageLogsService } from './usage-logs.service';
import { UsageStatsService } from './usage-stats.service';

@Controller()
export class UsageController {
  constructor(
    private readonly intake: UsageIntakeService,
    private readonly figures: UsageStatsService,
    private readonly records: UsageLogsService,
    private readonly overview: UsageDashboardService,
  ) {}

  @Handles(usageOperations.store)
  store(input: UsageBatch): Promise<{ stored: number }> {
    return this.intake.store(input);
  }

  @Handles(usageOperations.stats)
  stats(input: UsageStatsQuery, { principal }: CallContext): Promise<UsageStatsView> {
    return this.figures.stats(input, principal);
  }

  @Handles(usageOperations.logs)
  logs(input: UsageLogFilter, { principal }: CallContext): Promise<Page<UsageLogView>> {
    return this.records.list(input, principal);
  }

  @Handles(usageOperations.export)
  export(input: UsageExportQuery, { principal }: CallContext): Promise<readonly UsageLogView[]> {
    return this.records.export(input, principal);
  }

  @Handles(usageOperations.dashboard)
  dashboard(_input: Record<string, never>, { principal }: CallContext): Promise<UsageDashboardView> {
    return this.overview.report(principal);
  }
}
