import { cpuByPart, cpuEach } from '../kit/processes';
import { shares, type Round } from '../kit/benchmark';
import type { Reporter } from '../kit/reporter';
import { median } from '../kit/stats';
import { table, verdict, whole } from '../kit/table';
import type { Worker } from '../kit/worker';
import type { Load, Repeated } from '../workers/load';

export const CONNECTIONS = 32;

export interface Compared {
  readonly hub: () => Promise<Repeated>;
  readonly limit: Repeated;
  /** Connections, each with one request under way. */
  readonly connections?: number;
}

/**
 * Requests to the hub beside the same to something bare, in turns.
 * @returns what the hub answered in a second
 */
export async function compareRequests(
  report: Reporter,
  load: Worker<Load>,
  { hub, limit, connections = CONNECTIONS }: Compared,
  target: number,
  quick: boolean,
): Promise<number> {
  const [rounds, seconds] = quick ? [3, 2] : [7, 4];
  const costs: Record<'hub' | 'limit', [string, number][]> = { hub: [], limit: [] };
  const perSecond = async (which: 'hub' | 'limit', of: Repeated) => {
    const before = cpuByPart();
    const tally = await load.call('repeat', of, seconds, connections);
    costs[which] = cpuEach(before, cpuByPart(), tally.answered);
    return tally.answered / tally.seconds;
  };
  report.progress('warming up');
  await perSecond('limit', limit);
  await perSecond('hub', await hub());
  const results: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const result = { limit: await perSecond('limit', limit), hub: await perSecond('hub', await hub()) };
    results.push(result);
    report.progress(`round ${round}: ${whole(result.hub)} of ${whole(result.limit)} a second`);
  }
  const share = median(shares(results));
  report.print(
    table(
      ['requests a second', 'hub', 'limit', 'share'],
      [
        ...results.map((result, index) => [
          `round ${index + 1}`,
          whole(result.hub),
          whole(result.limit),
          (result.hub / result.limit).toFixed(2),
        ]),
        [
          'median',
          whole(median(results.map((result) => result.hub))),
          whole(median(results.map((result) => result.limit))),
          share.toFixed(2),
        ],
      ],
    ),
  );
  report.print(`\nshare ${share.toFixed(2)}, ${verdict(`≥ ${target}`, share >= target)}`);
  const answered = median(results.map((result) => result.hub));
  if (costs.hub.length > 0) {
    report.print('\nCPU time for each request of the last round, in microseconds:');
    for (const which of ['hub', 'limit'] as const) {
      report.print(`  ${which}: ${costs[which].map(([part, each]) => `${part} ${whole(each)}`).join(', ')}`);
    }
  }
  return answered;
}
