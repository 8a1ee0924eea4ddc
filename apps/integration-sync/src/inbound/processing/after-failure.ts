import { DomainError, type ErrorCode } from '@signalbox/contracts';
import { isFinal } from '../../final-error';
import { MOST_ATTEMPTS, retryAwayInMs, retryInMs } from './backoff';

/** Whoever takes what goes out, or a database, is away: nothing is wrong with the event. */
const AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'SERVICE_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'DATABASE_UNAVAILABLE',
]);
/** What is older is waited for no longer than for anything else: it may be what nobody survives. */
const WAITED_FOR_MS = 24 * 3_600_000;

export function isAway(error: unknown): boolean {
  return error instanceof DomainError && AWAY.has(error.code);
}

export interface AfterFailure {
  /** Milliseconds from now; null when there is no next attempt. */
  readonly retryInMs: number | null;
  /** Whether that was one of the attempts that it has. */
  readonly counts: boolean;
}

/**
 * @param attempts made so far, from 1
 * @param ageMs since it was received
 */
export function afterFailure(error: unknown, attempts: number, ageMs: number): AfterFailure {
  if (isAway(error) && ageMs < WAITED_FOR_MS) return { retryInMs: retryAwayInMs(ageMs), counts: false };
  const last = isFinal(error) || attempts >= MOST_ATTEMPTS;
  return { retryInMs: last ? null : retryInMs(attempts), counts: true };
}
