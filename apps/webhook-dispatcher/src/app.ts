import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { webhookChanged } from '@signalbox/contracts';
import { Database, expectKeysOfHub } from '@signalbox/database';
import { Jobs } from '@signalbox/jobs';
import { NestPinoLogger } from '@signalbox/observability';
import type { RunningApp, Runtime } from '@signalbox/rpc';
import { OutboundClient, SecretBox } from '@signalbox/security';
import { webhooksDatabase } from './database';
import { DispatcherModule } from './dispatcher.module';
import { Endpoints } from './engine/endpoints';
import { Engine } from './engine/engine';
import { EventsService } from './events/events.service';
import { Retention } from './retention/retention';

const RETENTION_EVERY_MS = 15 * 60 * 1000;

/** Subscriptions, events and their delivery. The schema must have been migrated. */
export async function startWebhookDispatcher(runtime: Runtime): Promise<RunningApp> {
  const { log } = runtime;
  const server = runtime.transport.server('webhook-dispatcher');
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    DispatcherModule.forRuntime(runtime),
    { strategy: server, logger: new NestPinoLogger(log), abortOnError: false },
  );
  const engine = app.get(Engine);
  const jobs = app.get(Jobs);
  const database = app.get(Database);
  const endpoints = app.get(Endpoints);
  try {
    await expectKeysOfHub(database, webhooksDatabase, app.get(SecretBox));
  } catch (error) {
    await jobs.close();
    await app.close();
    throw error;
  }
  const notices = runtime.transport.noticesOf('webhook-dispatcher');
  notices.onReconnect(() => endpoints.forgetAll());
  await notices.listen(webhookChanged, ({ id }) => endpoints.forget(id));
  await engine.start();
  jobs.repeat('retention', RETENTION_EVERY_MS, () => app.get(Retention).run());
  await app.listen();

  return {
    checks: [{ name: 'webhook-dispatcher database', probe: () => database.ping() }],
    async close() {
      await server.close();
      await app.get(EventsService).idle();
      await engine.stop(runtime.config.SHUTDOWN_SECONDS * 1000);
      await jobs.close();
      await app.get(OutboundClient).close(1_000);
      await app.close();
    },
  };
}
