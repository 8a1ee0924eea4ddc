import { Module } from '@nestjs/common';
import { AutomationAuthController } from './auth.controller';
import { AutomationDocumentationController, DocumentationController } from './documentation.controller';
import { AutomationUsersController } from './users.controller';

@Module({
  controllers: [
    AutomationAuthController,
    AutomationDocumentationController,
    AutomationUsersController,
    DocumentationController,
  ],
})
export class AutomationModule {}
