import { SlidingWindow } from './sliding-window';

describe('a sliding window', () => {
  it('is exact at its edge', () => {
    const window = new SlidingWindow(100);
    window.add(0, 0);
    expect([window.count(99), window.count(100)]).toEqual([1, 0]);
  });

  it('counts requests that come close together no shorter than they should be, and a little longer at most', () => {
    const window = new SlidingWindow(256);
    const came: number[] = [];
    for (let now = 0; now < 2_000; now += 0.25) {
      window.add(now, 1);
      came.push(now);
      const counted = window.count(now);
      expect(counted).toBeGreaterThanOrEqual(came.filter((at) => at + 256 > now).length);
      expect(counted).toBeLessThanOrEqual(came.filter((at) => at + 256 + 1 > now).length);
    }
    expect(window.size).toBeLessThan(4 * 256 + 1024);
  });

  it('gives back the room of what has left', () => {
    const window = new SlidingWindow(100);
    for (let now = 0; now < 100_000; now += 1) {
      window.add(now, 0);
      window.count(now);
    }
    expect(window.size).toBeLessThan(2_000);
  });
});
