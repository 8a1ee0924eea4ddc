import { type KillableServer, startPostgres, startRabbit, startRedis } from '@signalbox/testing';
import { freePort } from '../../../libs/database/src/embedded';
import { AppProcess } from './app-process';
import { COMMON } from './environment';
import type { Stack } from './stack';

export interface RealStack extends Stack {
  readonly rabbit: KillableServer;
  readonly redis: KillableServer;
  readonly postgres: KillableServer;
  readonly auth: AppProcess;
  readonly dispatchers: readonly [AppProcess, AppProcess];
  readonly gatewayApps: readonly [AppProcess, AppProcess];
}

const MIGRATES_WITHIN_MS = 60_000;

/** What `npm run start:distributed` starts, each app a process of its own, with two of those that share work. */
export async function startReal(): Promise<RealStack> {
  const stopping: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of stopping.splice(0).reverse()) await end();
  };
  try {
    const [rabbit, redis, postgres] = await Promise.all([startRabbit(), startRedis(), startPostgres()]);
    stopping.push(() => Promise.all([rabbit, redis, postgres].map((server) => server.stop())));
    const env = { ...COMMON, AMQP_URL: rabbit.url, REDIS_URL: redis.url, DATABASE_URL: postgres.url };

    const app = async (name: string, main: string, more: Record<string, string> = {}) =>
      new AppProcess({ name, main, opsPort: await freePort(), env: { ...env, ...more } });
    const gateway = async (name: string) => {
      const port = await freePort();
      const process = await app(name, 'gateway/src/main.js', { PORT: String(port) });
      return { process, url: `http://127.0.0.1:${port}` };
    };
    const migrate = await app('migrate', 'all-in-one/src/migrate/main.js');
    const auth = await app('api-key-auth', 'api-key-auth/src/main.js');
    const dispatchers = [
      await app('webhook-dispatcher 1', 'webhook-dispatcher/src/main.js'),
      await app('webhook-dispatcher 2', 'webhook-dispatcher/src/main.js'),
    ] as const;
    const integrations = await app('integration-sync', 'integration-sync/src/main.js');
    const faces = [await gateway('gateway 1'), await gateway('gateway 2')] as const;
    const gatewayApps = [faces[0].process, faces[1].process] as const;
    const apps = [auth, ...dispatchers, integrations, ...gatewayApps];

    stopping.push(() => Promise.all(apps.map((one) => one.stop())));
    const code = await migrate.runToEnd(MIGRATES_WITHIN_MS);
    if (code !== 0) throw new Error(`The migrations ended with ${code}\n${migrate.complaints()}`);
    await Promise.all(apps.map((one) => one.start()));
    return {
      name: 'real',
      rabbit,
      redis,
      postgres,
      auth,
      dispatchers,
      gatewayApps,
      apps,
      gateways: faces.map(({ url }) => url),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
