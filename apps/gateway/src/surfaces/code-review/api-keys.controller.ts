import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { apiKeyOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, SurfaceController, type Paged } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { PageCamelSizeQuery } from '../../validation';
import { DeletedAnswer } from '../shared/deleted';
import { mapPage } from '../shared/map-page';
import {
  ApiKeyAnswer,
  apiKeyAnswer,
  apiKeyChanges,
  apiKeyInput,
  CreateApiKey,
  NewApiKeyAnswer,
  newApiKeyAnswer,
  RotateApiKey,
  UpdateApiKey,
} from './api-key.dto';

@SurfaceController('code-review', 'api-keys')
export class CodeReviewApiKeysController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List API keys' })
  @AnswersPage(ApiKeyAnswer)
  async list(@Query() query: PageCamelSizeQuery): Promise<Paged<ApiKeyAnswer>> {
    const filter = { ...query.toPageRequest(), without_revoked: true };
    return mapPage(await this.rpc.call(apiKeyOperations.list, filter), apiKeyAnswer);
  }

  @Post()
  @Access('admin')
  @ApiOperation({
    summary: 'Create an API key',
    description: 'The key itself is in this answer and in no other.',
  })
  @Answers(NewApiKeyAnswer)
  @Fails('NOT_FOUND', 'resource')
  async create(@Body() body: CreateApiKey): Promise<NewApiKeyAnswer> {
    return newApiKeyAnswer(await this.rpc.call(apiKeyOperations.create, apiKeyInput(body)));
  }

  @Get(':id')
  @Access('admin')
  @ApiOperation({ summary: 'Read an API key' })
  @Answers(ApiKeyAnswer)
  @Fails('NOT_FOUND', 'api_key')
  async get(@Param('id') id: string): Promise<ApiKeyAnswer> {
    return apiKeyAnswer(await this.rpc.call(apiKeyOperations.get, { id, without_revoked: true }));
  }

  @Put(':id')
  @Access('admin')
  @ApiOperation({ summary: 'Change an API key', description: 'What is left out stays as it is.' })
  @Answers(ApiKeyAnswer)
  @Fails('NOT_FOUND', 'api_key')
  @Fails('CONFLICT', 'api_key')
  async update(@Param('id') id: string, @Body() body: UpdateApiKey): Promise<ApiKeyAnswer> {
    return apiKeyAnswer(await this.rpc.call(apiKeyOperations.update, { id, changes: apiKeyChanges(body) }));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Access('admin')
  @ApiOperation({
    summary: 'Replace an API key by a new one',
    description:
      'The row stays as it is. The old key ends at once, or after `overlapSeconds` where it does not end before.',
  })
  @Answers(NewApiKeyAnswer)
  @Fails('NOT_FOUND', 'api_key')
  @Fails('CONFLICT', 'api_key')
  async rotate(@Param('id') id: string, @Body() body: RotateApiKey): Promise<NewApiKeyAnswer> {
    const input = { id, overlap_seconds: body.overlapSeconds };
    return newApiKeyAnswer(await this.rpc.call(apiKeyOperations.rotate, input));
  }

  @Delete(':id')
  @Access('admin')
  @ApiOperation({
    summary: 'Delete an API key',
    description: 'For good. No gateway accepts it later than a second after the answer.',
  })
  @Answers(DeletedAnswer)
  @Fails('NOT_FOUND', 'api_key')
  async revoke(@Param('id') id: string): Promise<DeletedAnswer> {
    return await this.rpc.call(apiKeyOperations.revoke, { id });
  }
}
