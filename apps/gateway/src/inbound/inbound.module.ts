import { Module } from '@nestjs/common';
import { ProviderWebhooksController } from '../surfaces/code-review/provider-webhooks.controller';
import { InboundEndpointsController } from '../surfaces/integration-management/inbound-endpoints.controller';
import { InboundEventsController } from '../surfaces/integration-management/inbound-events.controller';
import { ReceiveController } from '../surfaces/integration-management/receive.controller';
import { Doors } from './doors';
import { Intake } from './intake';

/** Everything about what providers send, on whichever surface. */
@Module({
  controllers: [
    InboundEndpointsController,
    InboundEventsController,
    ReceiveController,
    ProviderWebhooksController,
  ],
  providers: [Doors, Intake],
})
export class InboundModule {}
