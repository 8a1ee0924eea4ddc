import { backoffMs, judge, parseRetryAfter, type RetryPolicy } from './outcome';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const policy: RetryPolicy = { maxRetries: 3, retryDelaySeconds: 5, onClientError: 'retry' };
const DAY_MS = 86_400_000;
const middle = () => 0.5;

function judged(
  statusCode: number | null,
  attempt = 1,
  over: Partial<RetryPolicy> = {},
  retryAfter?: string,
) {
  return judge({ statusCode, retryAfter }, { ...policy, ...over }, attempt, DAY_MS, NOW, middle);
}

describe('what an attempt means', () => {
  it.each([200, 201, 204, 299])('%i succeeds', (code) => {
    expect(judged(code)).toEqual({ status: 'success', retryInMs: null, gone: false });
  });

  it.each([null, 301, 302, 400, 404, 408, 429, 500, 502, 503])('%p is retried', (code) => {
    expect(judged(code)).toEqual({ status: 'pending', retryInMs: 5_000, gone: false });
  });

  it('410 ends it and tells that the endpoint is gone', () => {
    expect(judged(410)).toEqual({ status: 'failed', retryInMs: null, gone: true });
  });

  it.each([400, 401, 404, 422])('%i fails at once where the webhook says so', (code) => {
    expect(judged(code, 1, { onClientError: 'fail' }).status).toBe('failed');
  });

  it.each([408, 429, 500, null])('%p is retried whatever the webhook says of client errors', (code) => {
    expect(judged(code, 1, { onClientError: 'fail' }).status).toBe('pending');
  });

  it('makes max_retries attempts after the first', () => {
    expect(judged(500, 3).status).toBe('pending');
    expect(judged(500, 4).status).toBe('failed');
    expect(judged(500, 1, { maxRetries: 0 }).status).toBe('failed');
  });

  it('waits as long as the endpoint asks, never shorter than the backoff, never longer than the bound', () => {
    expect(judged(503, 1, {}, '120').retryInMs).toBe(120_000);
    expect(judged(503, 1, {}, '1').retryInMs).toBe(5_000);
    expect(judged(503, 1, {}, '999999999').retryInMs).toBe(DAY_MS);
    expect(judged(429, 1, {}, new Date(NOW + 60_000).toUTCString()).retryInMs).toBe(60_000);
  });
});

describe('backoff', () => {
  it('doubles with each retry', () => {
    expect([1, 2, 3, 4].map((n) => backoffMs(n, 5, middle))).toEqual([5_000, 10_000, 20_000, 40_000]);
  });

  it('stays within a quarter of the wait', () => {
    expect(backoffMs(1, 100, () => 0)).toBe(75_000);
    expect(backoffMs(1, 100, () => 0.999_999)).toBeCloseTo(125_000, -1);
  });

  it('never exceeds a day', () => {
    expect(backoffMs(20, 86_400, () => 1)).toBe(DAY_MS);
  });
});

describe('Retry-After', () => {
  it.each([
    ['30', 30_000],
    [' 0 ', 0],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['2026', 2_026_000],
    ['Tomorrow', null],
    [undefined, null],
  ])('%p is %p', (text, expected) => {
    expect(parseRetryAfter(text, NOW)).toBe(expected);
  });
});
