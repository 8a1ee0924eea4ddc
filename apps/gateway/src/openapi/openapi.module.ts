import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { OpenApiController } from './openapi.controller';
import { OpenApiDocument } from './openapi.document';
import { DocumentPage } from './openapi.page';

@Module({
  imports: [DiscoveryModule],
  controllers: [OpenApiController],
  providers: [DocumentPage, OpenApiDocument],
  exports: [OpenApiDocument],
})
export class OpenApiModule {}
