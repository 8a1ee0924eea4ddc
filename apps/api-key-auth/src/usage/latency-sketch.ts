/**
 * How long requests took, as counts of logarithmic steps (a DDSketch): sketches of any sets of requests merge by adding
 * their counts, and a percentile read from one is within 2 % of the true one. Kept as JSON, step to count.
 */
const ACCURACY = 0.02;
const RATIO = (1 + ACCURACY) / (1 - ACCURACY);

/** SQL of the step that a number of microseconds falls into. */
export function stepOf(microseconds: string): string {
  return `ceil(ln(greatest(${microseconds}, 1)::float8) / ${Math.log(RATIO)})::integer`;
}

/** Milliseconds that a step stands for. */
export function millisecondsOf(step: number): number {
  return toMilliseconds((2 * RATIO ** step) / (RATIO + 1));
}

/** Milliseconds, to the microsecond. */
export function toMilliseconds(microseconds: number): number {
  return Math.round(microseconds) / 1000;
}
