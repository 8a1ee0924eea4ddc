import { Module } from '@nestjs/common';
import { AdminEventTypesController } from './event-types.controller';
import { AdminWebhooksController } from './webhooks.controller';

@Module({ controllers: [AdminEventTypesController, AdminWebhooksController] })
export class AdministrationModule {}
