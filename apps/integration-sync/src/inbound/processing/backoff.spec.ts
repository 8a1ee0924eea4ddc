import { retryAwayInMs, retryInMs } from './backoff';

describe('retryInMs', () => {
  it('doubles, within a quarter of it', () => {
    expect([1, 2, 3, 9].map((attempts) => retryInMs(attempts, () => 0.5))).toEqual([
      2000, 4000, 8000, 512_000,
    ]);
    expect(retryInMs(1, () => 0)).toBe(1500);
    expect(retryInMs(1, () => 1)).toBe(2500);
  });

  it('has an end', () => {
    expect(retryInMs(1000, () => 1)).toBe(4_500_000);
  });
});

describe('retryAwayInMs', () => {
  it('doubles the time waited, up to five minutes, within a quarter of it', () => {
    expect([0, 2_000, 4_000, 299_000, 1e9].map((ageMs) => retryAwayInMs(ageMs, () => 0.5))).toEqual([
      2_000, 2_000, 4_000, 299_000, 300_000,
    ]);
    expect(retryAwayInMs(1e9, () => 0)).toBe(225_000);
    expect(retryAwayInMs(1e9, () => 1)).toBe(375_000);
  });
});
