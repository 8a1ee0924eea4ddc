import { APPS, commandProblems, environmentProblems, MIGRATE, SHUTDOWN_SECONDS } from './environment.mjs';
import { schemaProblems } from './schemas.mjs';

const OPS_PATHS = ['/health/live', '/health/ready', '/metrics'];
const SECRET = 'signalbox-secrets';
const DATABASE_PORT = 5432;

/** What is wrong with the objects of one kustomization. `ownSecrets`: it brings the secrets itself. */
export async function checkObjects(objects, imageEnv, { ownSecrets }) {
  const named = objects.map((object) => [`${object.kind}/${object.metadata?.name}`, object]);
  const problems = await schemaProblems(named);
  const repeated = named.map(([name]) => name).filter((name, i, all) => all.indexOf(name) !== i);
  problems.push(...repeated.map((name) => `${name} is there twice`));

  const workloads = named.filter(([, object]) => object.spec?.template?.spec?.containers);
  const cluster = { objects, workloads: workloads.map(([, object]) => object), imageEnv, ownSecrets };
  for (const [where, object] of named) {
    problems.push(...referenceProblems(object, cluster).map((problem) => `${where}: ${problem}`));
  }
  for (const [where, object] of workloads) {
    const pod = object.spec.template.spec;
    for (const container of pod.containers) {
      problems.push(
        ...containerProblems(object, container, cluster).map((problem) => `${where}: ${problem}`),
      );
    }
    if (appOf(pod.containers[0]))
      problems.push(...podProblems(object, pod).map((problem) => `${where}: ${problem}`));
  }
  for (const app of APPS) {
    const there = workloads.some(
      ([, object]) => object.kind === 'Deployment' && appOf(object.spec.template.spec.containers[0]) === app,
    );
    if (!there) problems.push(`no Deployment runs ${app}`);
  }
  problems.push(...networkProblems(cluster));
  return problems;
}

/** The app of an image of ours, else undefined. */
function appOf(container) {
  return /(?:^|\/)signalbox-([^:/]+)(?::[^/]+)?$/.exec(container.image)?.[1];
}

const covers = (selector, labels) =>
  Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
const labelsOf = (workload) => workload.spec.template.metadata?.labels;

function referenceProblems(object, { objects, workloads }) {
  const selected = (selector) => workloads.filter((workload) => covers(selector, labelsOf(workload)));
  switch (object.kind) {
    case 'Deployment':
      return covers(object.spec.selector.matchLabels, labelsOf(object))
        ? []
        : ['selector does not match its own pods'];
    case 'Service': {
      const pods = selected(object.spec.selector);
      if (pods.length === 0) return ['selects no pods'];
      const ports = pods.flatMap((pod) =>
        pod.spec.template.spec.containers.flatMap((container) => container.ports ?? []),
      );
      return object.spec.ports
        .filter(
          ({ port, targetPort = port }) =>
            !ports.some((each) => [each.name, each.containerPort].includes(targetPort)),
        )
        .map(({ targetPort }) => `port ${targetPort} is on none of its pods`);
    }
    case 'PodDisruptionBudget':
    case 'NetworkPolicy': {
      const selector = object.spec.selector ?? object.spec.podSelector;
      return selected(selector.matchLabels).length > 0 ? [] : ['selects no pods'];
    }
    case 'HorizontalPodAutoscaler': {
      const { kind, name } = object.spec.scaleTargetRef;
      return objects.some((each) => each.kind === kind && each.metadata.name === name)
        ? []
        : [`scales ${kind} ${name}, which is not there`];
    }
    default:
      return [];
  }
}

function containerProblems(workload, container, cluster) {
  const problems = [];
  const app = appOf(container);
  for (const kind of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    const probe = container[kind];
    const { port, path } = probe?.httpGet ?? probe?.tcpSocket ?? {};
    const found =
      port === undefined ||
      (container.ports ?? []).find((each) => [each.name, each.containerPort].includes(port));
    if (!found) problems.push(`${kind} asks port ${port}, which the container does not have`);
    if (app === undefined) continue;
    if (workload.kind === 'Deployment' && !OPS_PATHS.includes(path))
      problems.push(`${kind} does not ask for a path that is served`);
    if (found?.containerPort !== undefined && String(found.containerPort) !== cluster.imageEnv.METRICS_PORT) {
      problems.push(`${kind} asks another port than METRICS_PORT`);
    }
  }
  if (!container.resources?.limits?.memory || !container.resources.requests?.cpu)
    problems.push('has no resources');
  const { env, problems: missing } = environmentOf(container, cluster);
  problems.push(...missing);
  if (app === undefined) return problems;
  if (!APPS.includes(app)) return [...problems, `image ${container.image} is of no app`];
  const role = workload.kind === 'Job' ? MIGRATE : app;
  problems.push(...environmentProblems(role, { ...cluster.imageEnv, ...env }));
  problems.push(...commandProblems(container.command ?? []));
  if (app === 'gateway' && 'DATABASE_URL' in env) problems.push('the gateway is given the database');
  return problems;
}

/** What the container gets, and which references lead nowhere. */
function environmentOf(container, { objects, ownSecrets }) {
  const problems = [];
  const env = {};
  const find = (kind, name) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const map = configMapRef && find('ConfigMap', configMapRef.name);
    if (secretRef) problems.push('takes all secrets instead of those it needs');
    else if (!map) problems.push(`ConfigMap ${configMapRef.name} is not there`);
    else Object.assign(env, map.data);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    env[name] = value;
    const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
    if (configMapKeyRef && !(configMapKeyRef.key in (find('ConfigMap', configMapKeyRef.name)?.data ?? {}))) {
      problems.push(`${name} comes from a ConfigMap that lacks it`);
    }
    if (!secretKeyRef) continue;
    const secret = find('Secret', secretKeyRef.name);
    if (!ownSecrets && secretKeyRef.name !== SECRET)
      problems.push(`${name} comes from another secret than ${SECRET}`);
    if (ownSecrets && !secretKeyRef.optional && !(secretKeyRef.key in (secret?.data ?? {}))) {
      problems.push(`${name} comes from a secret that lacks it`);
    }
    if (secret?.data?.[secretKeyRef.key])
      env[name] = Buffer.from(secret.data[secretKeyRef.key], 'base64').toString();
  }
  return { env, problems };
}

function podProblems(workload, pod) {
  const problems = [];
  const expect = (holds, problem) => {
    if (!holds) problems.push(problem);
  };
  const [container] = pod.containers;
  const { securityContext = {} } = container;
  expect(pod.securityContext?.runAsNonRoot === true, 'may run as root');
  expect(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile');
  expect(securityContext.readOnlyRootFilesystem === true, 'may write to its root file system');
  expect(securityContext.allowPrivilegeEscalation === false, 'may gain privileges');
  expect(securityContext.capabilities?.drop?.includes('ALL'), 'keeps capabilities');
  expect(pod.automountServiceAccountToken === false, 'gets a token of the cluster');
  if (workload.kind === 'Deployment') {
    const preStop = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
    expect(
      (pod.terminationGracePeriodSeconds ?? 30) >= preStop + SHUTDOWN_SECONDS,
      `is killed before ${preStop + SHUTDOWN_SECONDS} s`,
    );
  }
  return problems;
}

/** Every pod of ours is denied what is not allowed, and the gateway is never allowed the database. */
function networkProblems({ objects, workloads }) {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const problems = [];
  for (const workload of workloads.filter((each) => appOf(each.spec.template.spec.containers[0]))) {
    const { name } = workload.metadata;
    const mine = policies.filter(({ spec }) => covers(spec.podSelector.matchLabels, labelsOf(workload)));
    const denied = mine.some(({ spec }) => spec.policyTypes?.length === 2 && !spec.ingress && !spec.egress);
    if (!denied) problems.push(`${name} is under no policy that denies by default`);
    const database = mine
      .flatMap(({ spec }) => spec.egress ?? [])
      .some(({ ports }) => ports === undefined || ports.some(({ port }) => port === DATABASE_PORT));
    if (name === 'gateway' && database) problems.push('the gateway may reach the database');
    if (name !== 'gateway' && !database) problems.push(`${name} may not reach the database`);
  }
  return problems;
}
