import type { AppName } from '@signalbox/contracts';
import { DECLARATION, type Config, type VariableName } from './declaration';
import type { Variable } from './variable';

/** Every variable that is wrong or missing, each on a line of the message. Values are never repeated. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly { variable: string; problem: string }[]) {
    super(
      `The environment is not usable:\n${problems.map((p) => `  ${p.variable} ${p.problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Parses the environment once. An empty variable counts as absent.
 * @param apps the apps that this process runs: what one of them cannot do without must be there
 * @throws ConfigError naming every bad variable at once
 */
export function loadConfig(env: NodeJS.ProcessEnv, apps: readonly AppName[]): Config {
  const problems: { variable: string; problem: string }[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(DECLARATION) as [VariableName, Variable][]) {
    const text = env[name] === '' ? undefined : env[name];
    const requiredBy = variable.requiredBy?.filter((app) => apps.includes(app)) ?? [];
    if (text === undefined && requiredBy.length > 0 && !(variable.or && env[variable.or])) {
      problems.push({
        variable: name,
        problem: `is missing: ${requiredBy.join(' and ')} cannot start without it`,
      });
      continue;
    }
    const parsed = variable.schema.safeParse(text);
    if (parsed.success) config[name] = parsed.data;
    else
      problems.push({
        variable: name,
        problem: parsed.error.issues.map((issue) => issue.message).join('; '),
      });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config) as Config;
}

/** The value of a variable that `loadConfig` has made sure of. */
export function required<K extends VariableName>(config: Config, name: K): NonNullable<Config[K]> {
  const value = config[name];
  if (value === undefined) throw new ConfigError([{ variable: name, problem: 'is missing' }]);
  return value;
}

/**
 * The keys that encrypt what is stored: the one that seals from now on, and those that only open. `ENCRYPTION_KEY` came before all of
 * `ENCRYPTION_KEYS`.
 * @throws ConfigError where there is none
 */
export function encryptionKeys(config: Config): readonly [current: string, older: readonly string[]] {
  const known = new Set(config.ENCRYPTION_KEYS);
  if (config.ENCRYPTION_KEY !== undefined) known.add(config.ENCRYPTION_KEY);
  const [current, ...older] = known;
  if (current === undefined)
    throw new ConfigError([{ variable: 'ENCRYPTION_KEY', problem: 'is missing: it seals what is stored' }]);
  return [current, older];
}
