import { histogram, leanLogger, traceIdOf } from '@signalbox/observability';
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
  private readonly log: Logger;
  /** Looking a series up by its labels costs more than observing: bounded by routes and statuses. */
  private readonly series = new Map<string, { observe(seconds: number): void }>();

  constructor(log: Logger) {
    this.log = leanLogger(log);
  }

  record(request: FastifyRequest, { statusCode: status }: FastifyReply): void {
    const { hub, id, method } = request;
    const route = hub.route ?? UNMATCHED;
    const ms = performance.now() - hub.startedAt;
    this.seriesOf(method, route, status).observe(ms / 1000);
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

  private seriesOf(method: string, route: string, status: number): { observe(seconds: number): void } {
    const name = `${method} ${route} ${status}`;
    const series = this.series.get(name) ?? duration.labels({ method, route, status });
    this.series.set(name, series);
    return series;
  }
}
