import examples from '@octokit/webhooks-examples';
import { createHmac, randomBytes } from 'node:crypto';
import type { Benchmark, Effort } from '../kit/benchmark';
import { startHub, type Hub } from '../kit/hub';
import type { Reporter } from '../kit/reporter';
import { missingServers, startPostgres, startServers } from '../kit/servers';
import { median, percentile } from '../kit/stats';
import { ms, table, verdict, whole } from '../kit/table';
import { startWorker, type Worker } from '../kit/worker';
import type { BareReceiver } from '../workers/bare-receiver';
import type { Load, Repeated } from '../workers/load';
import { compareRequests } from './compare-requests';
import { printScales, type Scale } from './scales';

const BASE = '/integration-management';
const P99_MS = 50;
/** Each with one delivery under way. */
const CONNECTIONS = 128;
const SETTLES_MS = 300_000;

/** Deliveries of a provider: verified, known again and on disk before they are answered. */
export const receiving: Benchmark = {
  name: 'receiving',
  about: 'deliveries of GitHub taken a second, all in one process on embedded parts',
  async run(report, effort) {
    const hub = await startHub(effort);
    // The hub keeps its own to itself.
    await measure(report, hub, async () => (await startPostgres()).url, 0.35, effort);
    await hub.stop();
  },
};

export const receivingDistributed: Benchmark = {
  name: 'receiving-distributed',
  about: 'the same with each app in its own process over RabbitMQ, Redis and PostgreSQL',
  async run(report, effort) {
    const missing = missingServers();
    if (missing !== undefined) return report.print(`Not measured: ${missing}`);
    const servers = await startServers();
    const hub = await startHub({ ...effort, servers });
    await measure(report, hub, () => Promise.resolve(servers.postgres), 0.25, effort);
    await hub.stop();
    await servers.stop();
  },
};

interface Endpoint {
  readonly id: string;
  readonly path: string;
}

async function measure(
  report: Reporter,
  hub: Hub,
  database: () => Promise<string>,
  target: number,
  effort: Effort,
): Promise<void> {
  const bare = startWorker<BareReceiver>('bare-receiver');
  const load = startWorker<Load>('load');
  const secret = randomBytes(32).toString('hex');
  const endpoint = await makeEndpoint(hub, secret);
  const push = examples.find(({ name }) => name === 'push')?.examples[0];
  const body = JSON.stringify(push);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/abcdef0',
    'x-github-event': 'push',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
  const post = { body, idHeader: 'x-github-delivery' };
  const url = new URL(await bare.call('listen', secret));
  const of = (origin: string, path: string): Repeated => ({ origin, path, headers, post });
  const limit = of(url.origin, url.pathname);
  const received = of(hub.url, `${BASE}/webhooks/receive/${endpoint.path}`);
  report.print(
    `A push of GitHub (${whole(body.length)} bytes), verified, known again and stored before the answer, then processed by an endpoint\nwithout rules, beside a bare Fastify route that verifies it and answers; over ${CONNECTIONS} connections:\n`,
  );
  const perSecond = await compareRequests(
    report,
    load,
    {
      hub: () => Promise.resolve(received),
      limit,
      connections: CONNECTIONS,
    },
    target,
    effort.quick,
  );
  await processed(hub, endpoint);
  const databaseUrl = await database();
  const storing: Scale = {
    what: 'also stores id and body, in batches, in a table with one index,',
    set: (on) => bare.call('store', on ? databaseUrl : null),
  };
  await latency(
    report,
    { target: received, settled: () => processed(hub, endpoint) },
    { target: limit, storing },
    load,
    perSecond / 2,
    effort,
  );
  await storm(report, hub, load, secret, received, effort);
  await printScales(report, load, limit, [storing], effort.quick, CONNECTIONS);
  await Promise.all([bare.stop(), load.stop()]);
}

async function makeEndpoint(hub: Hub, secret: string): Promise<Endpoint> {
  const integration = await hub.call<{ id: string }>('POST', `${BASE}/integrations`, {
    name: 'Benchmark',
    type: 'CUSTOM',
    environment: 'production',
    configuration: { provider: 'github' },
    credentials: {},
  });
  return hub.call<Endpoint>('POST', `${BASE}/webhooks/`, {
    integration_id: integration.id,
    name: 'Benchmark',
    signature_header: 'X-Hub-Signature-256',
    secret,
    rate_limit: 1_000_000,
    rules: [],
  });
}

async function countOf(hub: Hub, { id }: Endpoint, query = ''): Promise<number> {
  return (await hub.call<{ total: number }>('GET', `${BASE}/webhooks/${id}/events?limit=1${query}`)).total;
}

/** What is left over from one measurement must not slow the next. */
async function processed(hub: Hub, endpoint: Endpoint): Promise<void> {
  const giveUpAt = Date.now() + SETTLES_MS;
  while ((await countOf(hub, endpoint, '&status=pending')) > 0) {
    if (Date.now() > giveUpAt) throw new Error('What was received was not processed');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/**
 * Of the hub, and then of the bare route that stores: what load, disk and machine make of anyone's latency. Not in turns, for
 * what the bare route wrote would go to the disk during the hub's rounds.
 */
async function latency(
  report: Reporter,
  hub: { readonly target: Repeated; readonly settled: () => Promise<void> },
  bare: { readonly target: Repeated; readonly storing: Scale },
  load: Worker<Load>,
  perSecond: number,
  { quick }: Effort,
): Promise<void> {
  const [rounds, seconds] = quick ? [1, 3] : [5, 8];
  const times = async (who: string, target: Repeated) => {
    const rows: Float64Array[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const count = Math.ceil(perSecond * seconds);
      rows.push(await load.call('repeatSteadily', target, count, perSecond, CONNECTIONS));
      report.progress(`latency of ${who}, round ${round}: p99 ${ms(percentile(rows.at(-1) ?? [], 99))}`);
    }
    return (percent: number) => median(rows.map((row) => percentile(row, percent)));
  };
  const ofHub = await times('the hub', hub.target);
  await hub.settled();
  await bare.storing.set(true);
  const ofBare = await times('the bare route', bare.target);
  await bare.storing.set(false);
  report.print(
    `\nTime from when a delivery was due to be sent until it was answered, at ${whole(perSecond)} a second (half of the above), median of\n${rounds} rounds of ${seconds} s; then that of the bare route where it also stores id and body:\n`,
  );
  const line = (name: string, of: (percent: number) => number) => [
    name,
    ...[50, 90, 99, 100].map((percent) => ms(of(percent))),
  ];
  report.print(table(['', 'p50', 'p90', 'p99', 'max'], [line('hub', ofHub), line('bare route', ofBare)]));
  report.print(`\np99 ${ms(ofHub(99))}, ${verdict(`< ${P99_MS} ms`, ofHub(99) < P99_MS)}`);
}

/** To an endpoint of its own, so that what it holds in the end is what it was sent. */
async function storm(
  report: Reporter,
  hub: Hub,
  load: Worker<Load>,
  secret: string,
  received: Repeated,
  { quick }: Effort,
): Promise<void> {
  const count = quick ? 10_000 : 100_000;
  const duplicates = count * 0.3;
  const endpoint = await makeEndpoint(hub, secret);
  report.progress(`a storm of ${whole(count)}`);
  const path = `${BASE}/webhooks/receive/${endpoint.path}`;
  const { seconds, answers } = await load.call(
    'storm',
    { ...received, path },
    count,
    duplicates,
    CONNECTIONS,
  );
  const stored = await countOf(hub, endpoint);
  const told = Object.entries(answers).map(([status, times]) => `${whole(times)} "${status}"`);
  const once =
    stored === count - duplicates && answers.success === stored && answers.duplicate === duplicates;
  report.print(
    `\nA storm of ${whole(count)} deliveries to one endpoint in ${seconds.toFixed(0)} s, of which ${whole(duplicates)} repeat another: answered ${told.join(' and ')};\n${whole(stored)} stored, ${verdict('each once', once)}`,
  );
}
