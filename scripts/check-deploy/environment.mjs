/** What each app may and must be told, from the same declaration that it is parsed with. */
import { existsSync, readdirSync } from 'node:fs';
import declaration from '../../dist/libs/config/src/declaration.js';

const { DECLARATION } = declaration;
const repository = new URL('../../', import.meta.url);

/** Everything that runs as a process of its own. */
export const APPS = readdirSync(new URL('apps/', repository)).filter(
  (app) => app !== 'all-in-one' && existsSync(new URL(`apps/${app}/src/main.ts`, repository)),
);
export const MIGRATE = 'migrate';

/** What no app of its own can do without, beyond what the declaration says. */
const NEEDED = (app) => [
  ...(app === MIGRATE ? [] : ['AMQP_URL']),
  ...(app === 'gateway' ? [] : ['DATABASE_URL']),
];

/**
 * @param env what the container gets: the text of each variable, or `undefined` where only the cluster or the machine knows it
 */
export function environmentProblems(app, env) {
  const problems = [];
  for (const [name, value] of Object.entries(env)) {
    const variable = DECLARATION[name];
    if (variable === undefined) {
      problems.push(`${name} is no variable of libs/config`);
    } else if (value !== undefined && value !== '' && !variable.schema.safeParse(value).success) {
      problems.push(`${name} has a value that libs/config refuses`);
    }
  }
  const declared = Object.entries(DECLARATION).filter(([, variable]) => variable.requiredBy?.includes(app));
  for (const name of [...NEEDED(app), ...declared.map(([required]) => required)]) {
    if (!(name in env) || env[name] === '') problems.push(`${name} is required by ${app} and not given`);
  }
  return problems;
}

export function isDeclared(name) {
  return name in DECLARATION;
}

/** Names of the variables that only make sense where everything runs in one process. */
const ONLY_EMBEDDED = ['DATA_DIR', 'NODE_ENV', 'HOST', 'METRICS_PORT'];

/** Declared variables that no container can be given. */
export function unsettable(environments) {
  return Object.keys(DECLARATION).filter(
    (name) => !ONLY_EMBEDDED.includes(name) && !environments.some((env) => name in env),
  );
}

/** Longest time a shutdown takes when nothing is configured: `SHUTDOWN_SECONDS` and ten for what is closed after. */
export const SHUTDOWN_SECONDS = Number(DECLARATION.SHUTDOWN_SECONDS.schema.parse(undefined)) + 10;

/** The command of a container runs a file of the image that there are sources for. */
export function commandProblems(command) {
  return command
    .filter((word) => word.startsWith('dist/'))
    .filter((word) => !existsSync(new URL(word.replace(/^dist\//, '').replace(/\.js$/, '.ts'), repository)))
    .map((word) => `${word} is not built from anything`);
}
