import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { Database, expectKeysOfHub } from '@signalbox/database';
import { Jobs } from '@signalbox/jobs';
import { NestPinoLogger } from '@signalbox/observability';
import type { RunningApp, Runtime } from '@signalbox/rpc';
import { OutboundClient, SecretBox } from '@signalbox/security';
import { integrationsDatabase } from './database';
import { HooksService } from './hooks/hooks.service';
import { IntakeService } from './inbound/intake/intake.service';
import { IntegrationSyncModule } from './integration-sync.module';
import { ConnectionTestsService } from './integrations/connection-tests.service';

/** Connected systems: their settings and credentials, whether they can be reached, what they send. The schema must have been migrated. */
export async function startIntegrationSync(runtime: Runtime): Promise<RunningApp> {
  const server = runtime.transport.server('integration-sync');
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    IntegrationSyncModule.forRuntime(runtime),
    { strategy: server, logger: new NestPinoLogger(runtime.log), abortOnError: false },
  );
  try {
    await expectKeysOfHub(app.get(Database), integrationsDatabase, app.get(SecretBox));
    await app.listen();
  } catch (error) {
    await app.get(Jobs).close();
    await app.close();
    throw error;
  }
  const database = app.get(Database);
  return {
    checks: [{ name: 'integration-sync database', probe: () => database.ping() }],
    async close() {
      await server.close();
      await app.get(IntakeService).idle();
      await Promise.all([app.get(HooksService).stop(), app.get(ConnectionTestsService).stop()]);
      await app.get(Jobs).close();
      await app.get(OutboundClient).close(1_000);
      await app.close();
    },
  };
}
