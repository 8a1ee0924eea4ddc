import { SlidingWindow } from './sliding-window';

const WINDOW_MS = 60_000;

describe('SlidingWindow', () => {
  it('counts exactly while there are few, each for as long as the window is', () => {
    const window = new SlidingWindow(WINDOW_MS);
    for (let i = 0; i < 100; i += 1) window.add(i * 10);
    expect(window.count(990)).toBe(100);
    expect(window.count(WINDOW_MS - 1)).toBe(100);
    expect(window.count(WINDOW_MS)).toBe(99);
    expect(window.count(WINDOW_MS + 500)).toBe(49);
    expect(window.count(2 * WINDOW_MS)).toBe(0);
  });

  it('never counts fewer than there were, however many come', () => {
    const window = new SlidingWindow(WINDOW_MS);
    const times: number[] = [];
    for (let i = 0; i < 50_000; i += 1) {
      const now = i * 3.7;
      window.add(now);
      times.push(now);
      if (i % 997 !== 0) continue;
      const exact = times.filter((time) => time > now - WINDOW_MS).length;
      const counted = window.count(now);
      expect(counted).toBeGreaterThanOrEqual(exact);
      expect(counted).toBeLessThanOrEqual(exact * 1.01 + 1);
    }
  });

  it('tells when the oldest leaves, never later than a whole window', () => {
    const window = new SlidingWindow(WINDOW_MS);
    expect(window.resetMs(5)).toBe(WINDOW_MS);
    window.add(1_000);
    window.add(31_000);
    expect(window.resetMs(31_000)).toBe(30_000);
    expect(window.count(61_000)).toBe(1);
    expect(window.resetMs(61_000)).toBe(30_000);
    // In floating point, this plus the window less this is more than the window.
    const awkward = 0.1 + 0.2 + 16_999.799_999_999_996;
    for (const now of [awkward, 12_345.678_901_2, 99_999.999_999_9]) {
      const fresh = new SlidingWindow(WINDOW_MS);
      fresh.add(now);
      expect(fresh.resetMs(now)).toBeLessThanOrEqual(WINDOW_MS);
    }
  });
});
