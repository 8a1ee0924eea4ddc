import { Module } from '@nestjs/common';
import { ServiceEventsController } from './events.controller';
import { ServiceIntegrationTypesController } from './integration-types.controller';
import { ServiceHealthController } from './health.controller';
import { HubHealth } from './hub-health';
import { ServiceWebhooksController } from './webhooks.controller';

@Module({
  controllers: [
    ServiceEventsController,
    ServiceHealthController,
    ServiceIntegrationTypesController,
    ServiceWebhooksController,
  ],
  providers: [HubHealth],
})
export class IntegrationServiceModule {}
