import type { Reporter } from './reporter';

export interface Effort {
  /** Few and short rounds, to see whether it works at all. */
  readonly quick: boolean;
  /** Where to put CPU profiles of the hub, if any. */
  readonly profiles?: string;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(report: Reporter, effort: Effort): Promise<void>;
}

/** A limit and the hub itself in turns, so that what slows the machine for a while slows both. */
export interface Round {
  readonly limit: number;
  readonly hub: number;
}

/** The share of each round is taken for itself before their median is. */
export function shares(rounds: readonly Round[]): number[] {
  return rounds.map(({ limit, hub }) => hub / limit);
}
