import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestPinoLogger, Readiness, type Check } from '@signalbox/observability';
import type { RunningApp, Runtime } from '@signalbox/rpc';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { RequestAuthenticator } from './access/authenticator';
import { RefusalRecorder } from './audit/refusal-recorder';
import { GatewayModule } from './gateway.module';
import { AddressLists } from './http/address-lists';
import { clientAddresses } from './http/client-address';
import { ConnectionGuard } from './http/connection-guard';
import { HubExceptionFilter } from './http/exception.filter';
import { Failures } from './http/failures';
import { takeJsonBodies } from './http/json-body';
import { RequestPipeline } from './http/request-pipeline';
import { RouteTable } from './http/route-table';
import { serverOptions } from './http/server-options';
import { Telemetry } from './http/telemetry';
import { Idempotency } from './idempotency/idempotency';
import { Limiter } from './limits/limiter';
import { OpenApiDocument } from './openapi/openapi.document';
import { UsageRecorder } from './usage/usage-recorder';
import { HubValidationPipe } from './validation/hub-validation.pipe';

/** The last records of requests get this long, even where everything else took all the time there is. */
const RECORDS_MS = 3_000;

/** Boots the HTTP face with the controllers of `surfaces`, and listens. */
export async function bootGateway(
  runtime: Runtime,
  surfaces: readonly (Type<unknown> | DynamicModule)[],
): Promise<RunningApp & { readonly url: string }> {
  const { config, transport, log } = runtime;
  const bus: Check = {
    name: 'bus',
    probe: () => (transport.connected() ? Promise.resolve() : Promise.reject(new Error('not connected'))),
  };
  const readiness = new Readiness([bus], log);
  const routes = new RouteTable();
  const refusals = new RefusalRecorder(transport.client, log);
  const failures = new Failures(routes, log, refusals);
  // eslint-disable-next-line prefer-const -- the adapter refers to it before it can be made
  let pipeline: RequestPipeline | undefined;

  const adapter = new FastifyAdapter({
    ...serverOptions(config),
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      void pipeline?.refuse(request, reply, error.statusCode),
    clientErrorHandler: (error, socket) => void pipeline?.giveUp(error, socket),
  });
  const fastify = adapter.getInstance();
  fastify.addHook('onRoute', (route) => routes.add(route));
  takeJsonBodies(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.of(runtime, readiness, surfaces),
    adapter,
    { logger: new NestPinoLogger(log), abortOnError: false, bodyParser: false },
  );
  const usage = new UsageRecorder(transport.client, log);
  pipeline = new RequestPipeline({
    authenticator: app.get(RequestAuthenticator),
    addresses: new AddressLists(config),
    clientAddress: clientAddresses(config.TRUST_PROXY),
    limiter: app.get(Limiter),
    idempotency: app.get(Idempotency),
    failures,
    telemetry: new Telemetry(log),
    usage,
    publicUrl: config.PUBLIC_URL?.replace(/\/+$/, ''),
  });
  pipeline.install(fastify);
  app.useGlobalFilters(new HubExceptionFilter(failures));
  app.useGlobalPipes(new HubValidationPipe());
  app.get(OpenApiDocument).describe(app);
  const server = fastify.server;
  new ConnectionGuard(config).watch(server);
  try {
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    await app.close();
    await Promise.all([usage.close(0), refusals.close(0)]);
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return {
    checks: [bus],
    url: `http://${host}:${port}`,
    close: async () => {
      readiness.beginShutdown();
      const until = Date.now() + config.SHUTDOWN_SECONDS * 1000;
      const late = setTimeout(() => server.closeAllConnections(), config.SHUTDOWN_SECONDS * 1000);
      try {
        await app.close();
      } finally {
        clearTimeout(late);
        const left = Math.max(until - Date.now(), RECORDS_MS);
        await Promise.all([usage.close(left), refusals.close(left)]);
      }
    },
  };
}
