import { Module } from '@nestjs/common';
import { OpenApiModule } from '../../openapi/openapi.module';
import { ApiEndpoints } from './api-endpoints';
import { AdminDashboardController } from './dashboard.controller';
import { AdminEndpointsController } from './endpoints.controller';
import { UsageExport } from './usage-export';
import { AdminUsageReportsController } from './usage-reports.controller';
import { AdminUsageController } from './usage.controller';

@Module({
  imports: [OpenApiModule],
  controllers: [
    AdminDashboardController,
    AdminEndpointsController,
    AdminUsageController,
    AdminUsageReportsController,
  ],
  providers: [ApiEndpoints, UsageExport],
})
export class AdminUsageModule {}
