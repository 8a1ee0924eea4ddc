import { Module } from '@nestjs/common';
import { ManagementIntegrationsController } from './integrations.controller';

@Module({ controllers: [ManagementIntegrationsController] })
export class IntegrationManagementModule {}
