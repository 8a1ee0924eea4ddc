import { Get, Res } from '@nestjs/common';
import { metricsText } from '@signalbox/observability';
import type { FastifyReply } from 'fastify';
import { Access, SurfaceController } from '../surfaces/declare-route';

/** On the public port only for who may know; `METRICS_PORT` serves the same without asking, inside a cluster. */
@SurfaceController('integration-management', '/metrics')
export class MetricsController {
  @Get()
  @Access('observe')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, body } = await metricsText();
    reply.type(contentType);
    return body;
  }
}
