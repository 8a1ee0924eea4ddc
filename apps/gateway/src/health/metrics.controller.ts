import { Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { metricsText } from '@signalbox/observability';
import type { FastifyReply } from 'fastify';
import { Access, SurfaceController } from '../surfaces/declare-route';

/** On the public port only for who may know; `METRICS_PORT` serves the same without asking, inside a cluster. */
@SurfaceController('integration-management', '/metrics')
export class MetricsController {
  @Get()
  @Access('observe')
  @ApiOperation({ summary: 'Read the figures of this gateway' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'Prometheus text', schema: { type: 'string' } })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, body } = await metricsText();
    reply.type(contentType);
    return body;
  }
}
