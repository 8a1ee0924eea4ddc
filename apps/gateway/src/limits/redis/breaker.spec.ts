import { Breaker } from './breaker';
import { LiveGateways } from './live-gateways';

describe('the breaker', () => {
  it('opens after so many failures in a row, and only a probe closes it', () => {
    const breaker = new Breaker(3);
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    breaker.failed();
    expect(breaker.open).toBe(false);
    breaker.failed();
    expect(breaker.open).toBe(true);
    breaker.succeeded();
    expect(breaker.open).toBe(true);
    breaker.probed();
    expect(breaker.open).toBe(false);
  });
});

describe('the number of gateways', () => {
  it('grows at once, and falls when it has stayed lower for a while', () => {
    let now = 0;
    const live = new LiveGateways(() => now);
    expect(live.count).toBe(1);
    live.heard(4);
    expect(live.count).toBe(4);
    now += 9_999;
    live.heard(1);
    expect(live.count).toBe(4);
    now += 1;
    live.heard(2);
    expect(live.count).toBe(2);
  });

  it('is at least one', () => {
    const live = new LiveGateways(() => 0);
    live.heard(0);
    expect(live.count).toBe(1);
  });
});
