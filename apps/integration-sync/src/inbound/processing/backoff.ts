const FIRST_MS = 2_000;
const LONGEST_MS = 3_600_000;
const LONGEST_AWAY_MS = 300_000;
const JITTER = 0.25;

/** Two seconds, doubled each time, ±25 %, at most an hour: ten attempts take about 17 minutes. */
export const MOST_ATTEMPTS = 10;

/** @param attempts made so far, from 1 */
export function retryInMs(attempts: number, random: () => number = Math.random): number {
  return spread(Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS), random);
}

/**
 * Where nobody answers: as long again as it has waited, which doubles it each time, at most five minutes, ±25 %.
 * @param ageMs since it was received
 */
export function retryAwayInMs(ageMs: number, random: () => number = Math.random): number {
  return spread(Math.min(Math.max(FIRST_MS, ageMs), LONGEST_AWAY_MS), random);
}

function spread(ms: number, random: () => number): number {
  return Math.round(ms * (1 - JITTER + 2 * JITTER * random()));
}
