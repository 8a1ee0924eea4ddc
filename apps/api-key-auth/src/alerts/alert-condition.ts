import type { AlertOperator, AlertState } from '@signalbox/contracts';

const HOLDS: Readonly<Record<AlertOperator, (value: number, threshold: number) => boolean>> = {
  gt: (value, threshold) => value > threshold,
  gte: (value, threshold) => value >= threshold,
  lt: (value, threshold) => value < threshold,
  lte: (value, threshold) => value <= threshold,
};

/** Of nothing no condition holds: a rule that fired is resolved once there was nothing to measure for its whole window. */
export function stateOf(
  value: number | null,
  { operator, threshold }: { readonly operator: AlertOperator; readonly threshold: number },
): AlertState {
  return value !== null && HOLDS[operator](value, threshold) ? 'firing' : 'ok';
}

/** Of what is compared, so that what is told is what was compared. */
const DECIMALS = 1e4;

/** Null where there is nothing to have a share of. */
export function perCent(part: number, whole: number): number | null {
  return whole > 0 ? rounded((part / whole) * 100) : null;
}

export function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}
