import type { Benchmark, Effort } from '../kit/benchmark';
import { startHub } from '../kit/hub';
import type { Reporter } from '../kit/reporter';
import { missingServers, startServers } from '../kit/servers';
import { median, percentile } from '../kit/stats';
import { ms, table, verdict, whole } from '../kit/table';
import { startWorker, type Worker } from '../kit/worker';
import type { BareHttp } from '../workers/bare-http';
import type { Load, Target } from '../workers/load';
import { compareRequests } from './compare-requests';
import { burning, printScales, type Scale } from './scales';

const S1 = '/api/v1/admin/integration';
/** Served by the gateway itself, so that nothing is measured but the door. */
const PATH = `${S1}/endpoints?limit=1`;
const CONNECTIONS = 32;
const ADDED_P99_MS = 3;

/** The door with limits that every gateway shares: what Redis adds to a guarded route. */
export const guardedShared: Benchmark = {
  name: 'guarded-shared',
  about: `GET ${PATH} with an API key, limits counted in Redis, beside a bare Nest and Fastify route`,
  async run(report, effort) {
    const missing = missingServers();
    if (missing !== undefined) return report.print(`Not measured: ${missing}`);
    const servers = await startServers();
    const hub = await startHub({ servers, profiles: effort.profiles });
    const bare = startWorker<BareHttp>('bare-http');
    const load = startWorker<Load>('load');
    const url = new URL(await bare.call('listen', await hub.call<object>('GET', PATH)));
    const limit: Target = { origin: url.origin, path: url.pathname, headers: {} };
    const { data } = await hub.call<{ data: { api_key: string } }>('POST', `${S1}/api-keys`, {
      name: 'Benchmark',
      scopes: ['read'],
      rate_limit: 1_000_000_000,
    });
    const guarded: Target = { origin: hub.url, path: PATH, headers: { 'x-api-key': data.api_key } };
    report.print(
      `GET ${PATH} with an API key, limits counted in Redis, beside a bare Nest and Fastify route that answers the same body:\n`,
    );
    const perSecond = await compareRequests(
      report,
      load,
      { hub: () => Promise.resolve(guarded), limit },
      0.4,
      effort.quick,
    );
    const scales = scalesOf(bare, servers.redis);
    await addedLatency(report, load, { hub: guarded, limit, scale: scales.counting }, perSecond / 2, effort);
    await printScales(report, load, limit, Object.values(scales), effort.quick);
    await Promise.all([bare.stop(), load.stop()]);
    await hub.stop();
    await servers.stop();
  },
};

function scalesOf(bare: Worker<BareHttp>, redisUrl: string): Record<'burning' | 'counting', Scale> {
  return {
    burning: burning((microseconds) => bare.call('burn', microseconds), 20),
    counting: {
      what: 'only increments a number in Redis first',
      set: (on) => bare.call('count', on ? redisUrl : null),
    },
  };
}

async function addedLatency(
  report: Reporter,
  load: Worker<Load>,
  { hub, limit, scale }: { hub: Target; limit: Target; scale: Scale },
  perSecond: number,
  { quick }: Effort,
): Promise<void> {
  const [rounds, seconds] = quick ? [2, 1] : [5, 4];
  const measure = async (of: Target) => {
    const took = await load.call(
      'repeatSteadily',
      of,
      Math.ceil(perSecond * seconds),
      perSecond,
      CONNECTIONS,
    );
    return { p50: percentile(took, 50), p99: percentile(took, 99) };
  };
  const results: Record<'hub' | 'limit' | 'scale', { p50: number; p99: number }>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const bare = await measure(limit);
    await scale.set(true);
    const scaled = await measure(limit);
    await scale.set(false);
    results.push({ limit: bare, scale: scaled, hub: await measure(hub) });
    report.progress(`latency, round ${round}`);
  }
  const of = (which: 'hub' | 'limit', p: 'p50' | 'p99') => median(results.map((result) => result[which][p]));
  const addedBy = (which: 'hub' | 'scale') =>
    median(results.map((result) => result[which].p99 - result.limit.p99));
  const added = addedBy('hub');
  report.print(
    `\nLatency at half of that load (${whole(perSecond)} a second), medians of ${rounds} rounds:\n`,
  );
  report.print(
    table(
      ['', 'hub', 'limit', 'added'],
      [
        ['p50', ms(of('hub', 'p50')), ms(of('limit', 'p50')), ms(of('hub', 'p50') - of('limit', 'p50'))],
        ['p99', ms(of('hub', 'p99')), ms(of('limit', 'p99')), ms(added)],
      ],
    ),
  );
  report.print(`\np99 added ${ms(added)}, ${verdict(`< ${ADDED_P99_MS} ms`, added < ADDED_P99_MS)}`);
  report.print(`For scale: the bare route that ${scale.what} adds ${ms(addedBy('scale'))}.`);
}
