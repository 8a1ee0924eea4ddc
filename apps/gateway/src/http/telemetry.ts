import { histogram, traceIdOf } from '@signalbox/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

const UNMATCHED = 'unmatched';

const duration = histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the first byte of a request to the end of its response',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
});

/** One line and one observation a request. Neither holds a body, a query or a credential. */
export class Telemetry {
  constructor(private readonly log: Logger) {}

  record(request: FastifyRequest, { statusCode: status }: FastifyReply): void {
    const { hub, id, method } = request;
    const route = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
    const ms = performance.now() - hub.startedAt;
    duration.observe({ method, route, status }, ms / 1000);
    if (!this.log.isLevelEnabled('info')) return;
    this.log.info(
      {
        method,
        route,
        status,
        ms: Math.round(ms * 100) / 100,
        requestId: id,
        traceId: traceIdOf(hub.traceparent),
        principalId: hub.principal?.id,
      },
      'request',
    );
  }
}
