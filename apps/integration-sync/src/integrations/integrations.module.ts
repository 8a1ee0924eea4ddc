import { Module } from '@nestjs/common';
import { EventOutboxModule } from '../event-outbox/event-outbox.module';
import { ConnectionTester } from './connection-tester';
import { ConnectionTestsRepository } from './connection-tests.repository';
import { ConnectionTestsService } from './connection-tests.service';
import { IntegrationFigures } from './figures/integration-figures';
import { IntegrationFiguresRepository } from './figures/integration-figures.repository';
import { IntegrationsHealthController } from './figures/integrations-health.controller';
import { IntegrationsSummaryController } from './figures/integrations-summary.controller';
import { GuardedHttp } from './guarded-http';
import { IntegrationsController } from './integrations.controller';
import { IntegrationsRepository } from './integrations.repository';
import { IntegrationsService } from './integrations.service';
import { SettingsCheck } from './settings-check';
import { SettingsVault } from './settings-vault';

@Module({
  imports: [EventOutboxModule],
  controllers: [IntegrationsController, IntegrationsHealthController, IntegrationsSummaryController],
  providers: [
    IntegrationsService,
    IntegrationsRepository,
    SettingsCheck,
    SettingsVault,
    GuardedHttp,
    ConnectionTester,
    ConnectionTestsRepository,
    ConnectionTestsService,
    IntegrationFigures,
    IntegrationFiguresRepository,
  ],
  // For what belongs to an integration: endpoints, syncs.
  exports: [IntegrationsRepository, SettingsVault, GuardedHttp],
})
export class IntegrationsModule {}
