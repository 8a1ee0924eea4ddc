import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { inboundEndpointOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, NO_CONTENT, type NoContent, SurfaceController } from '..';
import { Answers, Fails } from '../../openapi/answers.decorator';
import { keepMasked, refuseMask } from '../shared/masked-secret';
import {
  CreateInboundEndpoint,
  InboundEndpointQuery,
  RotateInboundSecret,
  UpdateInboundEndpoint,
} from './inbound-endpoint.dto';
import { InboundEndpointAnswer, RotatedSecretAnswer } from './inbound-endpoint.view';

@SurfaceController('integration-management', 'webhooks')
export class InboundEndpointsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post()
  @Access('receiveManage')
  @ApiOperation({
    summary: 'Create a webhook endpoint',
    description:
      'The secret is never shown: rotate it to see one. With `register` the hub tells the provider of it, in the background.',
  })
  @Answers(InboundEndpointAnswer)
  @Fails('NOT_FOUND', 'integration')
  @Fails('CONFLICT', 'inbound_endpoint')
  async create(@Body() body: CreateInboundEndpoint): Promise<InboundEndpointAnswer> {
    return await this.rpc.call(inboundEndpointOperations.create, refuseMask(body.toInput()));
  }

  @Get()
  @Access('receiveRead')
  @ApiOperation({ summary: 'List webhook endpoints', description: 'A thousand at most.' })
  @ApiOkResponse({ type: [InboundEndpointAnswer] })
  async list(@Query() query: InboundEndpointQuery): Promise<readonly InboundEndpointAnswer[]> {
    return await this.rpc.call(inboundEndpointOperations.list, query.toFilter());
  }

  @Get(':webhook_id')
  @Access('receiveRead')
  @ApiOperation({ summary: 'Read a webhook endpoint' })
  @Answers(InboundEndpointAnswer)
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async get(@Param('webhook_id') id: string): Promise<InboundEndpointAnswer> {
    return await this.rpc.call(inboundEndpointOperations.get, { id });
  }

  @Put(':webhook_id')
  @Access('receiveManage')
  @ApiOperation({ summary: 'Change a webhook endpoint', description: 'What is left out stays as it is.' })
  @Answers(InboundEndpointAnswer)
  @Fails('NOT_FOUND', 'inbound_endpoint')
  @Fails('CONFLICT', 'inbound_endpoint')
  async update(
    @Param('webhook_id') id: string,
    @Body() body: UpdateInboundEndpoint,
  ): Promise<InboundEndpointAnswer> {
    const changes = keepMasked(body.toChanges());
    return await this.rpc.call(inboundEndpointOperations.update, { id, changes });
  }

  @Delete(':webhook_id')
  @HttpCode(204)
  @Access('receiveManage')
  @ApiOperation({
    summary: 'Delete a webhook endpoint',
    description: 'What it received goes with it, and the webhook that the hub has set up at the provider.',
  })
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async remove(@Param('webhook_id') id: string): Promise<NoContent> {
    await this.rpc.call(inboundEndpointOperations.remove, { id });
    return NO_CONTENT;
  }

  @Post(':webhook_id/rotate-secret')
  @HttpCode(200)
  @Access('receiveManage')
  @ApiOperation({
    summary: 'Replace the secret of a webhook endpoint',
    description:
      'The only time that a secret is shown. The old one ends at once, or after `overlap_seconds`. A secret that the provider makes cannot be replaced.',
  })
  @Answers(RotatedSecretAnswer)
  @Fails('NOT_FOUND', 'inbound_endpoint')
  @Fails('CONFLICT', 'inbound_endpoint')
  async rotateSecret(
    @Param('webhook_id') id: string,
    @Body() body: RotateInboundSecret,
  ): Promise<RotatedSecretAnswer> {
    const input = { id, overlap_seconds: body.overlap_seconds };
    return await this.rpc.call(inboundEndpointOperations.rotateSecret, input);
  }
}
