import { SYSTEM, apiKeyOperations, type NewApiKeyView, type Operation } from '@signalbox/contracts';
import { Database, migrate } from '@signalbox/database';
import { createTransport, startApps, type RunningApps, type Transport } from '@signalbox/rpc';
import {
  startRabbit,
  testConfig,
  testDatabase,
  testLog,
  type KillableServer,
  type TestDatabase,
} from '@signalbox/testing';
import { Agent, request } from 'undici';
import { authDatabase } from '../../../apps/api-key-auth/src/database';
import { startApiKeyAuth } from '../../../apps/api-key-auth/src/app';
import { startGateway } from '../../../apps/gateway/src/app';
import { COMMON } from './environment';

const GATEWAYS = 3;
/** Needs no service, so that it tells of the credential alone. */
const PROBE = '/api/users/me/';

/** One auth service and three gateways, each with a link of its own to a real RabbitMQ. */
export class ThreeGateways {
  private readonly agent = new Agent({ connections: 64, pipelining: 1 });

  private constructor(
    readonly urls: readonly string[],
    readonly rabbit: KillableServer,
    readonly database: Database,
    private readonly client: Transport,
    private readonly apps: readonly RunningApps[],
    private readonly created: TestDatabase,
  ) {}

  static async start(): Promise<ThreeGateways> {
    const [rabbit, created] = await Promise.all([startRabbit(), testDatabase()]);
    const config = testConfig({
      ...COMMON,
      AMQP_URL: rabbit.url,
      DATABASE_URL: created.url,
      SHUTDOWN_SECONDS: '5',
    });
    const log = testLog();
    await migrate(config, [authDatabase], log);
    const runtime = async () => ({ config, log, transport: await createTransport(config, log) });
    const apps = [await startApps(await runtime(), [{ name: 'api-key-auth', start: startApiKeyAuth }])];
    for (let n = 0; n < GATEWAYS; n += 1)
      apps.push(await startApps(await runtime(), [{ name: 'gateway', start: startGateway }]));
    return new ThreeGateways(
      apps.flatMap(({ url }) => url ?? []),
      rabbit,
      await Database.open(authDatabase, config, log),
      await createTransport(config, log),
      apps,
      created,
    );
  }

  call<In, Out>(operation: Operation<In, Out>, input: In): Promise<Out> {
    return this.client.client.call(operation, input, { context: { principal: SYSTEM } });
  }

  key(scopes: NewApiKeyView['scopes'] = ['read']): Promise<NewApiKeyView> {
    return this.call(apiKeyOperations.create, {
      name: 'key',
      prefix: 'eak_',
      scopes,
      rate_limit: 1_000_000_000,
    });
  }

  /** Whether that gateway takes the key; `undefined` where it cannot tell (5xx). */
  async accepts(url: string, key: string, path = PROBE): Promise<boolean | undefined> {
    const { statusCode, body } = await request(url + path, {
      dispatcher: this.agent,
      headers: { 'x-api-key': key },
    });
    await body.dump();
    if (statusCode >= 500) return undefined;
    return statusCode !== 401 && statusCode !== 403;
  }

  async stop(): Promise<void> {
    await this.agent.close();
    for (const app of [...this.apps].reverse()) await app.close();
    await this.client.close(1_000);
    await this.database.close();
    await this.rabbit.stop();
    await this.created.drop();
  }
}
