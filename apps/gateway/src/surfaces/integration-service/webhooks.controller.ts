import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { webhookOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, Says, SurfaceController, type Paged } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { PageSizeQuery } from '../../validation';
import { DeletedAnswer } from '../shared/deleted';
import { mapPage } from '../shared/map-page';
import { keepMasked, refuseMask } from '../shared/masked-secret';
import { TestResultAnswer } from '../shared/test-result';
import { delivered } from '../shared/tested';
import {
  CreateServiceWebhook,
  RetryServiceWebhook,
  ServiceWebhookQuery,
  TestServiceWebhook,
  UpdateServiceWebhook,
} from './webhook.dto';
import {
  RetriedAnswer,
  serviceDelivery,
  ServiceDelivery,
  serviceWebhook,
  ServiceWebhook,
} from './webhook.view';

@SurfaceController('integration-service', 'webhooks')
export class ServiceWebhooksController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('read')
  @Says('webhooks.list')
  @ApiOperation({ summary: 'List webhooks' })
  @AnswersPage(ServiceWebhook, 'webhooks')
  async list(@Query() query: ServiceWebhookQuery): Promise<Paged<ServiceWebhook>> {
    return mapPage(await this.rpc.call(webhookOperations.list, query.toFilter()), serviceWebhook, 'webhooks');
  }

  @Post()
  @Access('write')
  @Says('webhooks.create')
  @ApiOperation({ summary: 'Create a webhook' })
  @Answers(ServiceWebhook)
  @Fails('NOT_FOUND', 'resource')
  async create(@Body() body: CreateServiceWebhook): Promise<ServiceWebhook> {
    return serviceWebhook(await this.rpc.call(webhookOperations.create, refuseMask(body)));
  }

  @Get(':webhook_id')
  @Access('read')
  @Says('webhooks.get')
  @ApiOperation({ summary: 'Read a webhook' })
  @Answers(ServiceWebhook)
  @Fails('NOT_FOUND', 'webhook')
  async get(@Param('webhook_id') id: string): Promise<ServiceWebhook> {
    return serviceWebhook(await this.rpc.call(webhookOperations.get, { id }));
  }

  @Put(':webhook_id')
  @Access('write')
  @Says('webhooks.update')
  @ApiOperation({ summary: 'Change a webhook', description: 'What is left out stays as it is.' })
  @Answers(ServiceWebhook)
  @Fails('NOT_FOUND', 'webhook')
  async update(@Param('webhook_id') id: string, @Body() body: UpdateServiceWebhook): Promise<ServiceWebhook> {
    return serviceWebhook(await this.rpc.call(webhookOperations.update, { id, changes: keepMasked(body) }));
  }

  @Delete(':webhook_id')
  @Access('write')
  @Says('webhooks.delete')
  @ApiOperation({ summary: 'Delete a webhook' })
  @Answers(DeletedAnswer)
  @Fails('NOT_FOUND', 'webhook')
  async remove(@Param('webhook_id') id: string): Promise<DeletedAnswer> {
    return await this.rpc.call(webhookOperations.remove, { id });
  }

  @Post(':webhook_id/test')
  @HttpCode(200)
  @Access('write')
  @Says('webhooks.test')
  @ApiOperation({
    summary: 'Send a test event now',
    description: 'Answers what the receiver answered; a receiver that refuses it or fails is a 502.',
  })
  @Answers(TestResultAnswer)
  @Fails('NOT_FOUND', 'webhook')
  @Fails('RECEIVER_FAILED')
  async test(@Param('webhook_id') id: string, @Body() body: TestServiceWebhook): Promise<TestResultAnswer> {
    return delivered(await this.rpc.call(webhookOperations.test, { id, payload: body.test_payload }));
  }

  @Post(':webhook_id/retry')
  @HttpCode(202)
  @Access('write')
  @Says('webhooks.retry')
  @ApiOperation({ summary: 'Send again one delivery, or every exhausted one but tests' })
  @Answers(RetriedAnswer)
  @Fails('NOT_FOUND', 'webhook')
  @Fails('NOT_FOUND', 'delivery')
  @Fails('CONFLICT', 'webhook')
  async retry(@Param('webhook_id') id: string, @Body() body: RetryServiceWebhook): Promise<RetriedAnswer> {
    return await this.rpc.call(webhookOperations.retry, { id, delivery_id: body.log_id });
  }

  @Get(':webhook_id/logs')
  @Access('read')
  @Says('webhooks.logs')
  @ApiOperation({ summary: 'List what was delivered to a webhook' })
  @AnswersPage(ServiceDelivery, 'logs')
  @Fails('NOT_FOUND', 'webhook')
  async logs(
    @Param('webhook_id') id: string,
    @Query() query: PageSizeQuery,
  ): Promise<Paged<ServiceDelivery>> {
    const filter = { ...query.toPageRequest(), webhook_id: id };
    return mapPage(await this.rpc.call(webhookOperations.deliveries, filter), serviceDelivery, 'logs');
  }
}
