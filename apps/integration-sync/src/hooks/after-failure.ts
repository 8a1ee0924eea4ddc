import type { ConnectionError } from '@signalbox/connectors';
import { MOST_ATTEMPTS, retryInMs } from '../inbound/processing/backoff';

const LONGEST_WAIT_MS = 3_600_000;
/** Answers that another attempt may change. */
const PASSING = [408, 425, 429];

/**
 * Milliseconds until the next attempt; null where none would help, or there were enough. Removing is tried on where the
 * credentials are refused too: nobody else would do it later.
 *
 * @param attempts made so far, from 1
 */
export function retryAfterFailure(
  error: ConnectionError,
  attempts: number,
  removing: boolean,
): number | null {
  if (attempts >= MOST_ATTEMPTS || (isFinal(error) && !(removing && error.status !== null))) return null;
  const asked = (error.retryAfterSeconds ?? 0) * 1000;
  return Math.max(retryInMs(attempts), Math.min(asked, LONGEST_WAIT_MS));
}

function isFinal({ reason, status }: ConnectionError): boolean {
  if (reason === 'rate_limited' || reason === 'unreachable') return false;
  return status === null || (status < 500 && !PASSING.includes(status));
}

/** For people. */
export function toldOf({ status, message }: ConnectionError): string {
  return status === null ? message : `${status} - ${message}`;
}
