import { shares, type Round } from '../kit/benchmark';
import type { Reporter } from '../kit/reporter';
import { median } from '../kit/stats';
import type { Worker } from '../kit/worker';
import type { Load, Repeated } from '../workers/load';
import { CONNECTIONS } from './compare-requests';

const ROUNDS = 3;

/** The limit where it does a part of what is asked of the hub, and nothing else. */
export interface Scale {
  /** "the bare route that …" */
  readonly what: string;
  readonly set: (on: boolean) => Promise<unknown>;
}

/** Each request keeps the CPU busy first. */
export function burning(burn: (microseconds: number) => Promise<unknown>, microseconds: number): Scale {
  return {
    what: `only burns ${microseconds} µs of CPU first`,
    set: (on) => burn(on ? microseconds : 0),
  };
}

export async function printScales(
  report: Reporter,
  load: Worker<Load>,
  limit: Repeated,
  scales: readonly Scale[],
  quick: boolean,
  connections = CONNECTIONS,
): Promise<void> {
  const perSecond = async () => {
    const { answered, seconds } = await load.call('repeat', limit, quick ? 2 : 4, connections);
    return answered / seconds;
  };
  report.print('');
  for (const { what, set } of scales) {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const bare = await perSecond();
      await set(true);
      rounds.push({ limit: bare, hub: await perSecond() });
      await set(false);
    }
    report.print(
      `For scale: the bare route that ${what} has a share of ${median(shares(rounds)).toFixed(2)}.`,
    );
  }
}
