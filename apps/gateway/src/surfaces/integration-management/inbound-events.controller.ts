import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { inboundEventOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, type Paged, SurfaceController } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { mapPage } from '../shared/map-page';
import { InboundEventQuery } from './inbound-endpoint.dto';
import { InboundEventAnswer, RawInboundEventAnswer, ReplayedAnswer } from './inbound-endpoint.view';

@SurfaceController('integration-management', 'webhooks/:webhook_id')
export class InboundEventsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get('events')
  @Access('receiveRead')
  @ApiOperation({ summary: 'List what an endpoint received', description: 'Newest first.' })
  @AnswersPage(InboundEventAnswer)
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async list(
    @Param('webhook_id') endpointId: string,
    @Query() query: InboundEventQuery,
  ): Promise<Paged<InboundEventAnswer>> {
    const page = await this.rpc.call(inboundEventOperations.list, query.toFilter(endpointId));
    return mapPage(page, (event): InboundEventAnswer => event);
  }

  @Get('events/:event_id')
  @Access('receiveRead')
  @ApiOperation({ summary: 'Read an event as it was received' })
  @Answers(RawInboundEventAnswer)
  @Fails('NOT_FOUND', 'inbound_endpoint')
  @Fails('NOT_FOUND', 'inbound_event')
  async get(
    @Param('webhook_id') endpointId: string,
    @Param('event_id') id: string,
  ): Promise<RawInboundEventAnswer> {
    return await this.rpc.call(inboundEventOperations.get, { endpoint_id: endpointId, id });
  }

  @Post('events/:event_id/replay')
  @HttpCode(202)
  @Access('receiveManage')
  @ApiOperation({ summary: 'Process an event again', description: 'What goes out by it goes out once more.' })
  @Answers(ReplayedAnswer)
  @Fails('NOT_FOUND', 'inbound_endpoint')
  @Fails('NOT_FOUND', 'inbound_event')
  @Fails('CONFLICT', 'inbound_event')
  async replay(
    @Param('webhook_id') endpointId: string,
    @Param('event_id') id: string,
  ): Promise<ReplayedAnswer> {
    return await this.rpc.call(inboundEventOperations.replay, { endpoint_id: endpointId, id });
  }

  @Post('replay')
  @HttpCode(202)
  @Access('receiveManage')
  @ApiOperation({
    summary: 'Process again every event that failed',
    description: 'A thousand at most, the newest first.',
  })
  @Answers(ReplayedAnswer)
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async replayFailed(@Param('webhook_id') endpointId: string): Promise<ReplayedAnswer> {
    return await this.rpc.call(inboundEventOperations.replay, { endpoint_id: endpointId });
  }
}
