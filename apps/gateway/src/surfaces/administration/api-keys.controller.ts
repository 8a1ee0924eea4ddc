import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { apiKeyOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, Paged, SurfaceController } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { DeletedAnswer } from '../shared/deleted';
import {
  AdminApiKey,
  AdminApiKeyQuery,
  CreateAdminApiKey,
  NewAdminApiKey,
  newAdminApiKey,
  RotateAdminApiKey,
  UpdateAdminApiKey,
} from './api-key.dto';

@SurfaceController('administration', 'api-keys')
export class AdminApiKeysController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List API keys' })
  @AnswersPage(AdminApiKey)
  async list(@Query() query: AdminApiKeyQuery): Promise<Paged<AdminApiKey>> {
    return new Paged(await this.rpc.call(apiKeyOperations.list, query.toFilter()));
  }

  @Post()
  @Access('admin')
  @ApiOperation({
    summary: 'Create an API key',
    description: 'The key itself is in this answer and in no other.',
  })
  @Answers(NewAdminApiKey)
  @Fails('NOT_FOUND', 'resource')
  async create(@Body() body: CreateAdminApiKey): Promise<NewAdminApiKey> {
    return newAdminApiKey(await this.rpc.call(apiKeyOperations.create, { ...body, prefix: 'eak_' }));
  }

  @Get(':key_id')
  @Access('admin')
  @ApiOperation({ summary: 'Read an API key' })
  @Answers(AdminApiKey)
  @Fails('NOT_FOUND', 'api_key')
  async get(@Param('key_id') id: string): Promise<AdminApiKey> {
    return await this.rpc.call(apiKeyOperations.get, { id });
  }

  @Put(':key_id')
  @Access('admin')
  @ApiOperation({ summary: 'Change an API key', description: 'What is left out stays as it is.' })
  @Answers(AdminApiKey)
  @Fails('NOT_FOUND', 'api_key')
  @Fails('CONFLICT', 'api_key')
  async update(@Param('key_id') id: string, @Body() changes: UpdateAdminApiKey): Promise<AdminApiKey> {
    return await this.rpc.call(apiKeyOperations.update, { id, changes });
  }

  @Post(':key_id/rotate')
  @HttpCode(200)
  @Access('admin')
  @ApiOperation({
    summary: 'Replace an API key by a new one',
    description:
      'The row stays as it is. The old key ends at once, or after `overlap_seconds` where it does not end before.',
  })
  @Answers(NewAdminApiKey)
  @Fails('NOT_FOUND', 'api_key')
  @Fails('CONFLICT', 'api_key')
  async rotate(@Param('key_id') id: string, @Body() body: RotateAdminApiKey): Promise<NewAdminApiKey> {
    return newAdminApiKey(await this.rpc.call(apiKeyOperations.rotate, { id, ...body }));
  }

  @Delete(':key_id')
  @Access('admin')
  @ApiOperation({
    summary: 'Revoke an API key',
    description: 'For good. No gateway accepts it later than a second after the answer.',
  })
  @Answers(DeletedAnswer)
  @Fails('NOT_FOUND', 'api_key')
  async revoke(@Param('key_id') id: string): Promise<DeletedAnswer> {
    return await this.rpc.call(apiKeyOperations.revoke, { id });
  }
}
