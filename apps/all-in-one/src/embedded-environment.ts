import { type Config, loadConfig } from '@signalbox/config';
import { SERVICES, type AppName } from '@signalbox/contracts';
import { keepSecrets, type SecretName } from './secrets';

export const APPS: readonly AppName[] = [...SERVICES, 'gateway'];
const LOOPBACK = '127.0.0.0/8,::1/128';
const GIVEN = ['ADMIN_PASSWORD', 'ADMIN_SECRET', 'JWT_SECRET', 'API_KEY_PEPPERS', 'ENCRYPTION_KEY'] as const;

export interface Environment {
  readonly config: Config;
  /** Only where the hub runs its own PostgreSQL. */
  readonly postgresPassword?: string;
  /** What was made at this start and has to be told once. */
  readonly announce: Partial<Record<SecretName, string>>;
}

/**
 * The environment of the embedded start: what is missing is made and kept, and outbound requests may reach this machine.
 * With `NODE_ENV=production` nothing of that: only the password of the embedded PostgreSQL is made, which nobody else needs.
 * @throws ConfigError naming every variable that is wrong or missing
 */
export async function embeddedEnvironment(env: NodeJS.ProcessEnv): Promise<Environment> {
  const { DATA_DIR, DATABASE_URL, NODE_ENV } = loadConfig(env, []);
  const production = NODE_ENV === 'production';
  // Complains before anything is written.
  if (production) loadConfig(env, APPS);
  if (production && DATABASE_URL !== undefined) return { config: loadConfig(env, APPS), announce: {} };

  const given = Object.fromEntries(GIVEN.filter((name) => env[name]).map((name) => [name, env[name]]));
  const { values, made } = await keepSecrets(DATA_DIR, given);
  const { POSTGRES_PASSWORD, ...secrets } = values;
  const config = loadConfig(
    {
      ...env,
      ...secrets,
      ...(production || env.OUTBOUND_ALLOW_PRIVATE !== undefined ? {} : { OUTBOUND_ALLOW_PRIVATE: LOOPBACK }),
    },
    APPS,
  );
  const told = (['ADMIN_PASSWORD', 'ADMIN_SECRET'] as const).filter((name) => made.includes(name));
  return {
    config,
    postgresPassword: POSTGRES_PASSWORD,
    announce: Object.fromEntries(told.map((name) => [name, values[name]])),
  };
}
