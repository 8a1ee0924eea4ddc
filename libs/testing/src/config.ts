import { type Config, loadConfig } from '@signalbox/config';
import { pino, type Logger } from 'pino';

/** Values that satisfy every declaration; for tests only. */
const SECRETS = {
  ADMIN_PASSWORD: 'test-admin-password',
  ADMIN_SECRET: 'test-admin-secret-0123456789',
  JWT_SECRET: 'test-jwt-secret-0123456789-0123456789-0123456789',
  API_KEY_PEPPERS: 'test-api-key-pepper-0123456789-0123456789',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

/** A configuration as the environment would give it: every secret set, loopback reachable, nothing taken from this process's environment. */
export function testConfig(variables: Readonly<Record<string, string>> = {}): Config {
  return loadConfig(
    {
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'silent',
      OUTBOUND_ALLOW_PRIVATE: '127.0.0.0/8,::1/128',
      ...SECRETS,
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
