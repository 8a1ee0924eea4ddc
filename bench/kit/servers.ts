import { findBinary } from '../../libs/testing/src/servers/binary';
import { startPostgres as startCluster } from '../../libs/testing/src/servers/postgres';
import type { KillableServer } from '../../libs/testing/src/servers/killable';
import { startRabbit } from '../../libs/testing/src/servers/rabbitmq';
import { startRedis } from '../../libs/testing/src/servers/redis';
import { endsWith } from './lifetime';

/** URLs of real servers, each private to the benchmarks and on a port of its own. */
export interface Servers {
  readonly postgres: string;
  readonly redis: string;
  readonly rabbit: string;
  stop(): Promise<void>;
}

const NEEDED = { 'rabbitmq-server': 'RabbitMQ', 'redis-server': 'Redis' };

/** Why the real stack cannot be measured here, or undefined when it can. */
export function missingServers(): string | undefined {
  const missing = Object.keys(NEEDED).filter((program) => findBinary(program) === undefined);
  if (missing.length === 0) return undefined;
  const names = missing.map((program) => NEEDED[program as keyof typeof NEEDED]);
  return `${names.join(' and ')} not found on this machine. On Debian and Ubuntu: apt-get install ${missing.join(' ')}; elsewhere put ${missing.join(' and ')} on the PATH.`;
}

/** With the memory and the log that the embedded start gives it. */
export async function startPostgres(): Promise<KillableServer> {
  const postgres = await startCluster({ shared_buffers: '256MB', max_wal_size: '1GB', wal_init_zero: 'off' });
  endsWith(() => postgres.stop());
  return postgres;
}

/** PostgreSQL, RabbitMQ, and a Redis that loses nothing. */
export async function startServers(): Promise<Servers> {
  const postgres = await startPostgres();
  const redis = await startRedis();
  endsWith(() => redis.stop());
  const rabbit = await startRabbit();
  endsWith(() => rabbit.stop());
  return {
    postgres: postgres.url,
    redis: redis.url,
    rabbit: rabbit.url,
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop(), rabbit.stop()]);
    },
  };
}
