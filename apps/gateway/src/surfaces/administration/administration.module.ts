import { Module } from '@nestjs/common';
import { AdminApiKeysController } from './api-keys.controller';
import { AdminEventTypesController } from './event-types.controller';
import { AdminWebhooksController } from './webhooks.controller';

@Module({ controllers: [AdminApiKeysController, AdminEventTypesController, AdminWebhooksController] })
export class AdministrationModule {}
