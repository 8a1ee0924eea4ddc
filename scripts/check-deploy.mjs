/**
 * `npm run check:deploy`: are Dockerfile, docker-compose.yml and k8s/ well-formed, consistent with each other, and do they
 * give every app what it needs? Runs without an engine or a cluster. `--root <folder>` checks the files there.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkCompose } from './check-deploy/compose.mjs';
import { checkDockerfile } from './check-deploy/dockerfile.mjs';
import { checkObjects } from './check-deploy/kubernetes.mjs';
import { render, resolve } from './check-deploy/kustomize.mjs';

const { values } = parseArgs({
  options: { root: { type: 'string' }, 'no-kubectl': { type: 'boolean', default: false } },
});
const root = values.root ?? fileURLToPath(new URL('..', import.meta.url));
const overlays = [
  { folder: 'k8s/overlays/development', ownSecrets: true },
  { folder: 'k8s/overlays/production', ownSecrets: false },
];

const problems = [];
const { problems: ofDockerfile, env } = checkDockerfile(root);
problems.push(...ofDockerfile, ...checkCompose(root, env));
for (const { folder, ownSecrets } of overlays) {
  const path = join(root, folder);
  const objects = values['no-kubectl'] ? resolve(path) : render(path);
  problems.push(
    ...(await checkObjects(objects, env, { ownSecrets })).map((problem) => `${folder}: ${problem}`),
  );
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log('Dockerfile, docker-compose.yml and k8s/ hold together.');
}
