import { type Config, loadConfig } from '@signalbox/config';
import { pino, type Logger } from 'pino';
import { TEST_SECRETS } from './settings';

/** A configuration as the environment would give it: every secret set, loopback reachable, nothing taken from this process's environment. */
export function testConfig(variables: Readonly<Record<string, string>> = {}): Config {
  return loadConfig(
    {
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'silent',
      OUTBOUND_ALLOW_PRIVATE: '127.0.0.0/8,::1/128',
      ...TEST_SECRETS,
      ...variables,
    },
    ['gateway', 'webhook-dispatcher', 'integration-sync', 'api-key-auth'],
  );
}

/** A logger that keeps its lines for a test to read. */
export function testLog(): Logger & { readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'trace', base: null },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return Object.assign(log, { lines });
}
