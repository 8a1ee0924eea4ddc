import { findBinary } from './servers/binary';

/** `own-…`: a private server that the suite may kill; it needs the program, not only a URL. */
export type Need = 'rabbitmq' | 'redis' | 'own-rabbitmq' | 'own-redis';

const PROGRAM = { rabbitmq: 'rabbitmq-server', redis: 'redis-server' } as const;
const VARIABLE = { rabbitmq: 'TEST_AMQP_URL', redis: 'TEST_REDIS_URL' } as const;

/** Whether this machine can run a suite that needs it. */
export function available(need: Need): boolean {
  const kind = need.replace('own-', '') as keyof typeof PROGRAM;
  return (need === kind && Boolean(process.env[VARIABLE[kind]])) || findBinary(PROGRAM[kind]) !== undefined;
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
