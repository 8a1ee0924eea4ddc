import { type KillableServer, startPostgres, startRabbit, startRedis } from '@signalbox/testing';
import { freePort } from '../../../libs/database/src/embedded';
import { AppProcess } from './app-process';
import { COMMON } from './environment';
import type { Stack } from './stack';

export interface DoorStack extends Stack {
  readonly redis: KillableServer;
}

const MIGRATES_WITHIN_MS = 60_000;

/** What a caller meets before an operation runs: several gateways, and the service that knows users. */
export async function startDoor(
  gateways: number,
  settings: Readonly<Record<string, string>>,
): Promise<DoorStack> {
  const stopping: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of stopping.splice(0).reverse()) await end();
  };
  try {
    const [rabbit, redis, postgres] = await Promise.all([startRabbit(), startRedis(), startPostgres()]);
    stopping.push(() => Promise.all([rabbit, redis, postgres].map((server) => server.stop())));
    const env = {
      ...COMMON,
      AMQP_URL: rabbit.url,
      REDIS_URL: redis.url,
      DATABASE_URL: postgres.url,
      ...settings,
    };
    const app = async (name: string, main: string, more: Record<string, string> = {}) =>
      new AppProcess({ name, main, opsPort: await freePort(), env: { ...env, ...more } });
    const migrate = await app('migrate', 'all-in-one/src/migrate/main.js');
    const apps = [await app('api-key-auth', 'api-key-auth/src/main.js')];
    const urls: string[] = [];
    for (let n = 1; n <= gateways; n += 1) {
      const port = await freePort();
      apps.push(await app(`gateway ${n}`, 'gateway/src/main.js', { PORT: String(port) }));
      urls.push(`http://127.0.0.1:${port}`);
    }
    stopping.push(() => Promise.all(apps.map((one) => one.stop())));
    const code = await migrate.runToEnd(MIGRATES_WITHIN_MS);
    if (code !== 0) throw new Error(`The migrations ended with ${code}\n${migrate.complaints()}`);
    await Promise.all(apps.map((one) => one.start()));
    return { name: 'real', apps, gateways: urls, redis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
