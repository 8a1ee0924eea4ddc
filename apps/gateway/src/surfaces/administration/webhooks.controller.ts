import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { webhookOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, SurfaceController, type Paged } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { DeletedAnswer } from '../shared/deleted';
import { mapPage } from '../shared/map-page';
import { keepMasked, refuseMask } from '../shared/masked-secret';
import { TestResultAnswer } from '../shared/test-result';
import { delivered } from '../shared/tested';
import {
  AdminDeliveryQuery,
  AdminWebhookQuery,
  CreateAdminWebhook,
  TestAdminWebhook,
  UpdateAdminWebhook,
} from './webhook.dto';
import { adminDelivery, AdminDelivery, adminWebhook, AdminWebhook, webhookInput } from './webhook.view';

@SurfaceController('administration', 'webhooks')
export class AdminWebhooksController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('read')
  @ApiOperation({ summary: 'List webhooks' })
  @AnswersPage(AdminWebhook)
  async list(@Query() query: AdminWebhookQuery): Promise<Paged<AdminWebhook>> {
    return mapPage(await this.rpc.call(webhookOperations.list, query.toFilter()), adminWebhook);
  }

  @Post()
  @Access('write')
  @ApiOperation({ summary: 'Create a webhook' })
  @Answers(AdminWebhook)
  @Fails('NOT_FOUND', 'resource')
  async create(@Body() body: CreateAdminWebhook): Promise<AdminWebhook> {
    return adminWebhook(await this.rpc.call(webhookOperations.create, webhookInput(refuseMask(body))));
  }

  @Get(':webhook_id')
  @Access('read')
  @ApiOperation({ summary: 'Read a webhook' })
  @Answers(AdminWebhook)
  @Fails('NOT_FOUND', 'webhook')
  async get(@Param('webhook_id') id: string): Promise<AdminWebhook> {
    return adminWebhook(await this.rpc.call(webhookOperations.get, { id }));
  }

  @Put(':webhook_id')
  @Access('write')
  @ApiOperation({ summary: 'Change a webhook', description: 'What is left out stays as it is.' })
  @Answers(AdminWebhook)
  @Fails('NOT_FOUND', 'webhook')
  async update(@Param('webhook_id') id: string, @Body() body: UpdateAdminWebhook): Promise<AdminWebhook> {
    const changes = webhookInput(keepMasked(body));
    return adminWebhook(await this.rpc.call(webhookOperations.update, { id, changes }));
  }

  @Delete(':webhook_id')
  @Access('write')
  @ApiOperation({ summary: 'Delete a webhook' })
  @Answers(DeletedAnswer)
  @Fails('NOT_FOUND', 'webhook')
  async remove(@Param('webhook_id') id: string): Promise<DeletedAnswer> {
    return await this.rpc.call(webhookOperations.remove, { id });
  }

  @Post(':webhook_id/test')
  @HttpCode(200)
  @Access('write')
  @ApiOperation({
    summary: 'Send a test event now',
    description: 'Answers what the receiver answered; a receiver that refuses it or fails is a 502.',
  })
  @Answers(TestResultAnswer)
  @Fails('NOT_FOUND', 'webhook')
  @Fails('RECEIVER_FAILED')
  async test(@Param('webhook_id') id: string, @Body() body: TestAdminWebhook): Promise<TestResultAnswer> {
    const { event_type, test_payload: payload } = body;
    return delivered(await this.rpc.call(webhookOperations.test, { id, event_type, payload }));
  }

  @Get(':webhook_id/deliveries')
  @Access('read')
  @ApiOperation({ summary: 'List what was delivered to a webhook, with every attempt' })
  @AnswersPage(AdminDelivery)
  @Fails('NOT_FOUND', 'webhook')
  async deliveries(
    @Param('webhook_id') id: string,
    @Query() query: AdminDeliveryQuery,
  ): Promise<Paged<AdminDelivery>> {
    return mapPage(await this.rpc.call(webhookOperations.deliveries, query.toFilter(id)), adminDelivery);
  }
}
