import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { integrationOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, NO_CONTENT, Paged, SurfaceController, type NoContent } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { SkipLimitQuery } from '../../validation';
import { mapPage } from '../shared/map-page';
import { CreateIntegration, IntegrationQuery, UpdateIntegration } from './integration.dto';
import {
  ConnectionTestAnswer,
  IntegrationActivityAnswer,
  integrationStatus,
  IntegrationStatusAnswer,
  IntegrationVersionAnswer,
  managedIntegration,
  ManagedIntegration,
} from './integration.view';

@SurfaceController('integration-management', 'integrations')
export class ManagementIntegrationsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @Access('manage')
  @ApiOperation({
    summary: 'Create an integration',
    description:
      'Its connection is tested in the background. Credentials are stored encrypted and never shown.',
  })
  @Answers(ManagedIntegration)
  @Fails('NOT_FOUND', 'resource')
  async create(@Body() body: CreateIntegration): Promise<ManagedIntegration> {
    return managedIntegration(await this.rpc.call(integrationOperations.create, body));
  }

  @Get()
  @Access('oversee')
  @ApiOperation({ summary: 'List integrations, newest first' })
  @AnswersPage(ManagedIntegration)
  async list(@Query() query: IntegrationQuery): Promise<Paged<ManagedIntegration>> {
    return mapPage(await this.rpc.call(integrationOperations.list, query.toFilter()), managedIntegration);
  }

  @Get(':integration_id')
  @Access('oversee')
  @ApiOperation({ summary: 'Read an integration' })
  @Answers(ManagedIntegration)
  @Fails('NOT_FOUND', 'integration')
  async get(@Param('integration_id') id: string): Promise<ManagedIntegration> {
    return managedIntegration(await this.rpc.call(integrationOperations.get, { id }));
  }

  @Put(':integration_id')
  @Access('manage')
  @ApiOperation({
    summary: 'Change an integration',
    description:
      'What is left out stays as it is. Another configuration or other credentials make a new version, whose connection is tested in the background.',
  })
  @Answers(ManagedIntegration)
  @Fails('NOT_FOUND', 'integration')
  async update(
    @Param('integration_id') id: string,
    @Body() changes: UpdateIntegration,
  ): Promise<ManagedIntegration> {
    return managedIntegration(await this.rpc.call(integrationOperations.update, { id, changes }));
  }

  @Delete(':integration_id')
  @HttpCode(204)
  @Access('admin')
  @ApiOperation({ summary: 'Delete an integration and all that belongs to it' })
  @Fails('NOT_FOUND', 'integration')
  async remove(@Param('integration_id') id: string): Promise<NoContent> {
    await this.rpc.call(integrationOperations.remove, { id });
    return NO_CONTENT;
  }

  @Post(':integration_id/test')
  @HttpCode(200)
  @Access('manage')
  @ApiOperation({
    summary: 'Test the connection now',
    description: 'A provider that cannot be reached or refuses the credentials is told of with 200 as well.',
  })
  @Answers(ConnectionTestAnswer)
  @Fails('NOT_FOUND', 'integration')
  async test(@Param('integration_id') id: string): Promise<ConnectionTestAnswer> {
    return await this.rpc.call(integrationOperations.test, { id });
  }

  @Get(':integration_id/status')
  @Access('oversee')
  @ApiOperation({ summary: 'Read what the last connection test found' })
  @Answers(IntegrationStatusAnswer)
  @Fails('NOT_FOUND', 'integration')
  async status(@Param('integration_id') id: string): Promise<IntegrationStatusAnswer> {
    return integrationStatus(await this.rpc.call(integrationOperations.status, { id }));
  }

  @Get(':integration_id/versions')
  @Access('oversee')
  @ApiOperation({
    summary: 'List what an integration was set up with, newest first',
    description: 'Never credentials.',
  })
  @AnswersPage(IntegrationVersionAnswer)
  @Fails('NOT_FOUND', 'integration')
  async versions(
    @Param('integration_id') id: string,
    @Query() query: SkipLimitQuery,
  ): Promise<Paged<IntegrationVersionAnswer>> {
    return new Paged(await this.rpc.call(integrationOperations.versions, { id, ...query.toPageRequest() }));
  }

  @Get(':integration_id/activities')
  @Access('oversee')
  @ApiOperation({ summary: 'List what was done with an integration, newest first' })
  @AnswersPage(IntegrationActivityAnswer)
  @Fails('NOT_FOUND', 'integration')
  async activities(
    @Param('integration_id') id: string,
    @Query() query: SkipLimitQuery,
  ): Promise<Paged<IntegrationActivityAnswer>> {
    return new Paged(await this.rpc.call(integrationOperations.activities, { id, ...query.toPageRequest() }));
  }
}
