import { retryInMs } from './backoff';

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
