import { Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { metricsTextWith } from '@signalbox/observability';
import type { FastifyReply } from 'fastify';
import { Access, SurfaceController } from '../surfaces/declare-route';
import { ToldFigures } from './told-figures';

/**
 * On the public port only for who may know. `METRICS_PORT` serves the gateway's own without asking: inside a cluster each process is asked
 * for its own.
 */
@SurfaceController('integration-management', '/metrics')
export class MetricsController {
  constructor(private readonly told: ToldFigures) {}

  @Get()
  @Access('observe')
  @ApiOperation({ summary: 'Read the figures of this gateway, and those of integrations and their webhooks' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'Prometheus text', schema: { type: 'string' } })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, body } = await metricsTextWith(this.told.latest());
    reply.type(contentType);
    return body;
  }
}
