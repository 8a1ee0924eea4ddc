import { ConnectionError } from '@signalbox/connectors';
import { MOST_ATTEMPTS } from '../inbound/processing/backoff';
import { retryAfterFailure, toldOf } from './after-failure';

const error = (reason: ConnectionError['reason'], status: number | null = null, wait: number | null = null) =>
  new ConnectionError(reason, 'no', status, wait);

it.each([
  ['unreachable', null],
  ['rate_limited', 403],
  ['unexpected_answer', 500],
  ['unexpected_answer', 408],
] as const)('tries again after %s %s, and not for ever', (reason, status) => {
  expect(retryAfterFailure(error(reason, status), 1, false)).toBeGreaterThan(0);
  expect(retryAfterFailure(error(reason, status), MOST_ATTEMPTS, false)).toBeNull();
  expect(retryAfterFailure(error(reason, status), MOST_ATTEMPTS, true)).toBeNull();
});

it.each([
  ['unauthorized', 401],
  ['forbidden', 403],
  ['forbidden', 404],
  ['unexpected_answer', 422],
  ['unexpected_answer', 302],
] as const)('asks for nothing again after %s %d, but for removing', (reason, status) => {
  expect(retryAfterFailure(error(reason, status), 1, false)).toBeNull();
  expect(retryAfterFailure(error(reason, status), 1, true)).toBeGreaterThan(0);
});

it('gives up at once where a setting is missing', () => {
  expect(retryAfterFailure(error('invalid_settings'), 1, false)).toBeNull();
  expect(retryAfterFailure(error('invalid_settings'), 1, true)).toBeNull();
});

it('waits as long as it is asked to, an hour at most', () => {
  expect(retryAfterFailure(error('rate_limited', 429, 60), 1, false)).toBe(60_000);
  expect(retryAfterFailure(error('rate_limited', 429, 86_400), 1, false)).toBe(3_600_000);
});

it('says what the provider answered', () => {
  expect(toldOf(error('forbidden', 403))).toBe('403 - no');
  expect(toldOf(error('invalid_settings'))).toBe('no');
});
