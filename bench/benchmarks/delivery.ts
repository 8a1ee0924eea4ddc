import { availableParallelism } from 'node:os';
import type { Benchmark, Effort, Round } from '../kit/benchmark';
import { shares } from '../kit/benchmark';
import { startHub } from '../kit/hub';
import { cpuByPart, cpuEach } from '../kit/processes';
import type { Reporter } from '../kit/reporter';
import { missingServers, startServers } from '../kit/servers';
import { DELIVERERS, PUBLISHERS, setStage, type Stage } from '../kit/stage';
import { median, percentile } from '../kit/stats';
import { ms, table, verdict, whole } from '../kit/table';

const P99_MS = 100;

/** Events through the public path beside a bare loop of signed POSTs, and how long one takes at half of that load. */
export const delivery: Benchmark = {
  name: 'delivery',
  about: 'events delivered per second and their latency, all in one process on embedded parts',
  async run(report, effort) {
    const hub = await startHub(effort);
    await measure(report, await setStage(hub), 0.25, effort);
    await hub.stop();
  },
};

export const deliveryDistributed: Benchmark = {
  name: 'delivery-distributed',
  about: 'the same with each app in its own process over RabbitMQ, Redis and PostgreSQL',
  async run(report, effort) {
    const missing = missingServers();
    if (missing !== undefined) return report.print(`Not measured: ${missing}`);
    const servers = await startServers();
    const hub = await startHub({ ...effort, servers });
    await measure(report, await setStage(hub), 0.12, effort);
    await hub.stop();
    await servers.stop();
  },
};

async function measure(report: Reporter, stage: Stage, target: number, { quick }: Effort): Promise<void> {
  const [rounds, count, warmUp] = quick ? [3, 5_000, 5_000] : [5, 20_000, 20_000];
  const bare = async (kind: 'post' | 'dispatch') => {
    await stage.receiver.call('expect', count);
    const { answered, seconds } = await stage.load.call(kind, stage.receiverUrl, count, DELIVERERS);
    return answered / seconds;
  };
  report.progress('warming up');
  for (const kind of ['post', 'dispatch'] as const) await bare(kind);
  await stage.deliver(warmUp);

  const results: Round[] = [];
  const least: Round[] = [];
  const costs: [string, number][][] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const limit = await bare('post');
    const before = cpuByPart();
    const hub = count / (await stage.deliver(count));
    costs.push(cpuEach(before, cpuByPart(), count));
    results.push({ limit, hub });
    least.push({ limit: await bare('dispatch'), hub });
    report.progress(`round ${round}: ${whole(hub)} of ${whole(limit)} a second`);
  }
  const share = median(shares(results));
  const perSecond = median(results.map(({ hub }) => hub));
  report.print(
    `Delivered events per second (${PUBLISHERS} publishers), beside signed POSTs in a bare loop (${DELIVERERS} at a time):\n`,
  );
  report.print(
    table(
      ['', 'hub', 'limit', 'share'],
      [
        ...results.map(({ hub, limit }, index) => [
          `round ${index + 1}`,
          whole(hub),
          whole(limit),
          (hub / limit).toFixed(2),
        ]),
        ['median', whole(perSecond), whole(median(results.map(({ limit }) => limit))), share.toFixed(2)],
      ],
    ),
  );
  report.print(`\nshare ${share.toFixed(2)}, ${verdict(`≥ ${target}`, share >= target)}`);
  report.print(
    `(${median(shares(least)).toFixed(2)} of ${whole(median(least.map(({ limit }) => limit)))}, the same loop without promises and bodies, on undici's dispatch)`,
  );
  printCosts(report, costs, median(results.map(({ limit }) => limit)));
  await latency(report, stage, perSecond / 2, quick);
}

function printCosts(report: Reporter, costs: readonly [string, number][][], limit: number): void {
  const parts = [...new Set(costs.flat().map(([part]) => part))];
  if (parts.length === 0) return;
  const each = parts.map((part): [string, number] => [
    part,
    median(costs.map((round) => round.find(([name]) => name === part)?.[1] ?? 0)),
  ]);
  report.print('\nCPU time for each event, in microseconds (median of the rounds):\n');
  report.print(
    table(
      ['part', 'µs/event'],
      each.map(([part, cost]) => [part, whole(cost)]),
    ),
  );
  const cores = availableParallelism();
  const most = (cores / each.reduce((sum, [, cost]) => sum + cost, 0)) * 1e6;
  report.print(
    `\nWere all ${cores} cores busy with nothing else all the time: ${whole(most)} a second, a share of ${(most / limit).toFixed(2)}.`,
  );
}

async function latency(report: Reporter, stage: Stage, perSecond: number, quick: boolean): Promise<void> {
  const [rounds, seconds] = quick ? [1, 3] : [3, 15];
  const rows: { accepted: Float64Array; sent: Float64Array }[] = [];
  const count = Math.max(1, Math.floor(perSecond * seconds));
  for (let round = 1; round <= rounds; round += 1) {
    await stage.receiver.call('expect', count);
    const { dueAt, acceptedAt } = await stage.load.call(
      'publishSteadily',
      await stage.target(),
      count,
      perSecond,
      PUBLISHERS,
    );
    const { distinct } = await stage.receiver.call('all', 15_000);
    if (distinct < count) throw new Error(`Of ${count} events ${count - distinct} did not arrive`);
    const cameAt = await stage.receiver.call('times');
    rows.push({
      accepted: cameAt.map((at, n) => at - (acceptedAt[n] ?? 0)),
      sent: cameAt.map((at, n) => at - (dueAt[n] ?? 0)),
    });
    report.progress(`latency, round ${round}: p99 ${ms(percentile(rows.at(-1)?.accepted ?? [], 99))}`);
  }
  const of = (from: 'accepted' | 'sent', percent: number) =>
    median(rows.map((row) => percentile(row[from], percent)));
  const line = (name: string, from: 'accepted' | 'sent') => [
    name,
    ...[50, 90, 99, 100].map((percent) => ms(of(from, percent))),
  ];
  report.print(
    `\nTime until an event is received, at ${whole(perSecond)} events a second (half of the above), median of ${rounds} rounds of ${seconds} s:\n`,
  );
  report.print(
    table(
      ['', 'p50', 'p90', 'p99', 'max'],
      [line('from its 202', 'accepted'), line('from when it was due to be sent', 'sent')],
    ),
  );
  const p99 = of('accepted', 99);
  report.print(`\np99 ${ms(p99)}, ${verdict(`< ${P99_MS} ms`, p99 < P99_MS)}`);
}
