import { Module } from '@nestjs/common';
import { InboundModule } from '../inbound/inbound.module';
import { AdministrationModule } from './administration/administration.module';
import { AutomationModule } from './automation/automation.module';
import { CodeReviewModule } from './code-review/code-review.module';
import { IntegrationManagementModule } from './integration-management/integration-management.module';
import { IntegrationServiceModule } from './integration-service/integration-service.module';

/** The controllers of every surface. */
@Module({
  imports: [
    AdministrationModule,
    AutomationModule,
    CodeReviewModule,
    IntegrationManagementModule,
    IntegrationServiceModule,
    InboundModule,
  ],
})
export class SurfacesModule {}
