import { until } from '@signalbox/testing';
import type { Answer } from './answer';

const WELL_WITHIN_MS = 15_000;

/** The answer of a hub that is well: one that was too busy for a moment says of itself for a second that it is not. */
export function whenWell<T>(call: () => Promise<Answer<T>>): Promise<Answer<T>> {
  return until('the hub is well', WELL_WITHIN_MS, async () => {
    const answer = await call();
    return answer.status !== 503 && !answer.text.includes('"status":"degraded"') && answer;
  });
}
