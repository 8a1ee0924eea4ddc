import { Body, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import { eventOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, Says, SurfaceController } from '..';
import { RawBody } from '../../http';
import { Answers, Fails } from '../../openapi/answers.decorator';
import { publishInput } from './published-event';
import { PublishQuery } from './webhook.dto';
import { PublishedAnswer } from './webhook.view';

@SurfaceController('integration-service', 'webhooks/events')
export class ServiceEventsController {
  constructor(private readonly rpc: RpcClient) {}

  @Post(':event_type')
  @HttpCode(202)
  @Access('publish')
  @Says('events.publish')
  @ApiOperation({
    summary: 'Publish an event',
    description: 'The body is the event’s data and is delivered as it is, byte for byte.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { project_id: { type: 'string', nullable: true, minLength: 1, maxLength: 255 } },
      additionalProperties: true,
      example: { id: 123, project_id: 'project123', version: '1.4.0' },
    },
  })
  @Answers(PublishedAnswer)
  @Fails('NOT_FOUND', 'resource')
  async publish(
    @Param('event_type') eventType: string,
    @Query() query: PublishQuery,
    @Body() body: unknown,
    @RawBody() raw: Buffer,
  ): Promise<PublishedAnswer> {
    return await this.rpc.call(
      eventOperations.publish,
      publishInput({ eventType, project: query.project_id, body, raw }),
    );
  }
}
