import type { ClientErrorPolicy, DeliveryStatus } from '@signalbox/contracts';

const MAX_BACKOFF_MS = 24 * 3600 * 1000;
const JITTER = 0.25;

export interface RetryPolicy {
  readonly maxRetries: number;
  readonly retryDelaySeconds: number;
  readonly onClientError: ClientErrorPolicy;
}

export interface Answer {
  /** Null when no answer came back. */
  readonly statusCode: number | null;
  readonly retryAfter?: string;
}

export interface Outcome {
  readonly status: DeliveryStatus;
  /** Milliseconds until the next attempt; null when there is none. */
  readonly retryInMs: number | null;
  /** The endpoint said that it is gone for good. */
  readonly gone: boolean;
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from `now`; null when it is neither. */
export function parseRetryAfter(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const trimmed = text.trim();
  if (/^\d{1,9}$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^[A-Z][a-z]{2},? /.test(trimmed)) return null;
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Before retry n the wait is `retry_delay` × 2^(n−1), ±25 %, at most 24 h. */
export function backoffMs(
  retry: number,
  retryDelaySeconds: number,
  random: () => number = Math.random,
): number {
  const base = Math.min(retryDelaySeconds * 1000 * 2 ** (retry - 1), MAX_BACKOFF_MS);
  return Math.min(Math.round(base * (1 - JITTER + 2 * JITTER * random())), MAX_BACKOFF_MS);
}

/**
 * What an attempt means for its delivery.
 * @param attemptsInRound attempts made including this one, since the delivery was created or retried by hand
 */
export function judge(
  answer: Answer,
  policy: RetryPolicy,
  attemptsInRound: number,
  maxRetryAfterMs: number,
  now: number = Date.now(),
  random: () => number = Math.random,
): Outcome {
  const code = answer.statusCode;
  if (code !== null && code >= 200 && code < 300) return { status: 'success', retryInMs: null, gone: false };
  if (code === 410) return { status: 'failed', retryInMs: null, gone: true };
  const refused = code !== null && code >= 400 && code < 500 && code !== 408 && code !== 429;
  if ((refused && policy.onClientError === 'fail') || attemptsInRound > policy.maxRetries) {
    return { status: 'failed', retryInMs: null, gone: false };
  }
  const wait = backoffMs(attemptsInRound, policy.retryDelaySeconds, random);
  const asked = Math.min(parseRetryAfter(answer.retryAfter, now) ?? 0, maxRetryAfterMs);
  return { status: 'pending', retryInMs: Math.max(wait, asked), gone: false };
}
