import { findBinary } from './servers/binary';
import { REGISTRY_PROGRAMS } from './servers/docker-registry';

/** `own-…`: a private server that the suite may kill; it needs the program, not only a URL. */
export type Need = 'rabbitmq' | 'redis' | 'own-rabbitmq' | 'own-redis' | 'own-docker-registry';

interface Server {
  /** Any of them will do. */
  readonly programs: readonly string[];
  readonly variable?: string;
}

const SERVERS: Readonly<Record<string, Server>> = {
  rabbitmq: { programs: ['rabbitmq-server'], variable: 'TEST_AMQP_URL' },
  redis: { programs: ['redis-server'], variable: 'TEST_REDIS_URL' },
  'docker-registry': { programs: REGISTRY_PROGRAMS },
};

/** Whether this machine can run a suite that needs it. */
export function available(need: Need): boolean {
  const kind = need.replace('own-', '');
  const { programs, variable } = SERVERS[kind] ?? { programs: [] };
  const named = need === kind && variable !== undefined && Boolean(process.env[variable]);
  return named || programs.some((program) => findBinary(program) !== undefined);
}

/**
 * `describe` for a suite that needs servers npm does not bring. Without them it is skipped, saying so in its name;
 * with `CI` set it fails instead: there, nothing may be skipped.
 */
export function describeWith(needs: Need | readonly Need[], name: string, suite: () => void): void {
  const missing = [needs].flat().filter((need) => !available(need));
  if (missing.length === 0) return describe(name, suite);
  const why = `${name} (needs ${missing.join(' and ')}; \`npm test\` says how to get it)`;
  if (process.env.CI && process.env.CI !== 'false') throw new Error(`Not to be skipped here: ${why}`);
  describe.skip(why, suite);
}
