import { Module } from '@nestjs/common';
import { AdminAlertsController } from './alerts.controller';
import { AdminApiKeysController } from './api-keys.controller';
import { AdminAuditController } from './audit.controller';
import { AdminEventTypesController } from './event-types.controller';
import { AdminUsageModule } from './usage.module';
import { AdminWebhooksController } from './webhooks.controller';

@Module({
  imports: [AdminUsageModule],
  controllers: [
    AdminAlertsController,
    AdminApiKeysController,
    AdminAuditController,
    AdminEventTypesController,
    AdminWebhooksController,
  ],
})
export class AdministrationModule {}
