import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Res, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { HealthModule } from './health.module';
import { metricsText } from './metrics';
import { NestPinoLogger } from './nest-logger';
import { Readiness, type Check } from './readiness';

export interface OpsServerOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  readonly checks: Readiness | readonly Check[];
  readonly log: Logger;
}

export interface OpsServer {
  readonly port: number;
  /** Readiness answers 503 from now on; liveness and metrics stay. */
  beginShutdown(): void;
  close(): Promise<void>;
}

const REQUEST_MS = 10_000;
const BODY_BYTES = 1_024;

@Controller('metrics')
class MetricsController {
  @Get()
  async metrics(@Res({ passthrough: true }) reply: { type(contentType: string): unknown }): Promise<string> {
    const { contentType, body } = await metricsText();
    reply.type(contentType);
    return body;
  }
}

@Module({})
class OpsModule {
  static forChecks(readiness: Readiness): DynamicModule {
    return {
      module: OpsModule,
      imports: [HealthModule.forChecks(readiness)],
      controllers: [MetricsController],
    };
  }
}

/**
 * Serves `/health/live`, `/health/ready` and `/metrics` without a credential, for inside a cluster.
 * @throws where the port cannot be had
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const readiness = Readiness.of(options.checks, options.log);
  const app = await NestFactory.create<NestFastifyApplication>(
    OpsModule.forChecks(readiness),
    new FastifyAdapter({ bodyLimit: BODY_BYTES, requestTimeout: REQUEST_MS, forceCloseConnections: true }),
    { logger: new NestPinoLogger(options.log), abortOnError: false },
  );
  try {
    await app.listen(options.port, options.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { port, beginShutdown: () => readiness.beginShutdown(), close: () => app.close() };
}
