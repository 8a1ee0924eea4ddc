const FIRST_MS = 2_000;
const LONGEST_MS = 3_600_000;
const JITTER = 0.25;

/** Two seconds, doubled each time, ±25 %, at most an hour: ten attempts take about 17 minutes. */
export const MOST_ATTEMPTS = 10;

/** @param attempts made so far, from 1 */
export function retryInMs(attempts: number, random: () => number = Math.random): number {
  const base = Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
  return Math.round(base * (1 - JITTER + 2 * JITTER * random()));
}
