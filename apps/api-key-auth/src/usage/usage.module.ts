import { Module } from '@nestjs/common';
import { UsageDashboardRepository } from './usage-dashboard.repository';
import { UsageDashboardService } from './usage-dashboard.service';
import { UsageIntakeRepository } from './usage-intake.repository';
import { UsageIntakeService } from './usage-intake.service';
import { UsageKeeper } from './usage-keeper';
import { UsageLogsRepository } from './usage-logs.repository';
import { UsageLogsService } from './usage-logs.service';
import { UsagePartitionsRepository } from './usage-partitions.repository';
import { UsageReportsController } from './usage-reports.controller';
import { UsageReportsRepository } from './usage-reports.repository';
import { UsageReportsService } from './usage-reports.service';
import { UsageRollupRepository } from './usage-rollup.repository';
import { UsageStatsService } from './usage-stats.service';
import { UsageSumsRepository } from './usage-sums.repository';
import { UsageController } from './usage.controller';

@Module({
  controllers: [UsageController, UsageReportsController],
  providers: [
    UsageIntakeRepository,
    UsageIntakeService,
    UsagePartitionsRepository,
    UsageRollupRepository,
    UsageKeeper,
    UsageSumsRepository,
    UsageStatsService,
    UsageLogsRepository,
    UsageLogsService,
    UsageDashboardRepository,
    UsageDashboardService,
    UsageReportsRepository,
    UsageReportsService,
  ],
  exports: [UsageStatsService, UsageSumsRepository, UsageRollupRepository],
})
export class UsageModule {}
