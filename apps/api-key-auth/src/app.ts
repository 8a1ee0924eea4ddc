import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { Database, expectKeysOfHub } from '@signalbox/database';
import { NestPinoLogger } from '@signalbox/observability';
import type { RunningApp, Runtime } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import { AuthModule } from './auth.module';
import { authDatabase } from './database';

/** Starts the service on a migrated database and makes sure that an administrator exists. */
export async function startApiKeyAuth(runtime: Runtime): Promise<RunningApp> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AuthModule.of(runtime), {
    strategy: runtime.transport.server('api-key-auth'),
    logger: new NestPinoLogger(runtime.log),
    abortOnError: false,
  });
  try {
    await expectKeysOfHub(app.get(Database), authDatabase, app.get(SecretBox));
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
  const database = app.get(Database);
  return {
    checks: [{ name: 'database', probe: () => database.ping() }],
    close: () => app.close(),
  };
}
