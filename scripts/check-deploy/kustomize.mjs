import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const KNOWN = [
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'images',
  'configMapGenerator',
  'secretGenerator',
  'patches',
];

/** The objects of a kustomization: by `kubectl kustomize` where there is one, else by the little of it that we use. */
export function render(folder) {
  const kubectl = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8', timeout: 60_000 });
  if (kubectl.error) return resolve(folder);
  if (kubectl.status !== 0) throw new Error(kubectl.stderr.trim());
  return documents(kubectl.stdout).map(unfolded);
}

/** Kubectl breaks long base64 into lines, which the cluster reads and the schema does not. */
function unfolded(object) {
  if (object.kind !== 'Secret') return object;
  const data = Object.entries(object.data ?? {}).map(([key, value]) => [key, value.replaceAll(/\s/g, '')]);
  return { ...object, data: Object.fromEntries(data) };
}

/** As `kubectl kustomize`, but generated names get no hash. Refuses what it does not know. */
export function resolve(folder) {
  const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
  const unknown = Object.keys(kustomization).filter((key) => !KNOWN.includes(key));
  if (unknown.length > 0)
    throw new Error(`${folder}: ${unknown.join(', ')} cannot be resolved without kubectl`);
  const objects = [
    ...(kustomization.resources ?? []).flatMap((resource) => read(join(folder, resource))),
    ...(kustomization.configMapGenerator ?? []).map(({ name, literals }) =>
      generated('ConfigMap', name, literals),
    ),
    ...(kustomization.secretGenerator ?? []).map(({ name, literals }) => generated('Secret', name, literals)),
  ];
  for (const { target, patch } of kustomization.patches ?? []) {
    for (const object of objects.filter((candidate) => matches(target, candidate)))
      apply(parse(patch), object);
  }
  for (const object of objects) {
    for (const container of object.spec?.template?.spec?.containers ?? []) {
      const image = (kustomization.images ?? []).find(({ name }) => name === container.image);
      if (image) container.image = `${image.newName ?? image.name}:${image.newTag}`;
    }
    if (kustomization.namespace && object.kind !== 'Namespace')
      object.metadata.namespace = kustomization.namespace;
  }
  return objects;
}

function read(path) {
  return statSync(path).isDirectory() ? resolve(path) : documents(readFileSync(path, 'utf8'));
}

function documents(text) {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

function generated(kind, name, literals) {
  const encode = kind === 'Secret' ? (value) => Buffer.from(value).toString('base64') : (value) => value;
  const data = Object.fromEntries(
    literals.map((literal) => {
      const at = literal.indexOf('=');
      return [literal.slice(0, at), encode(literal.slice(at + 1))];
    }),
  );
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name },
    data,
    ...(kind === 'Secret' ? { type: 'Opaque' } : {}),
  };
}

function matches({ kind, name }, object) {
  return (
    (kind === undefined || kind === object.kind) && (name === undefined || name === object.metadata.name)
  );
}

/** JSON Patch, as far as `add`, `replace` and `remove` of members go. */
function apply(operations, object) {
  for (const { op, path, value } of operations) {
    const keys = path
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop();
    const parent = keys.reduce((at, key) => at?.[key], object);
    if (parent === undefined || (op !== 'add' && !(last in parent)))
      throw new Error(`patch ${op} ${path} finds nothing`);
    if (op === 'remove') delete parent[last];
    else parent[last] = value;
  }
}
