import { millisecondsOf, stepOf, toMilliseconds } from './latency-sketch';

const RATIO = 1.02 / 0.98;
const step = (microseconds: number) => Math.ceil(Math.log(Math.max(microseconds, 1)) / Math.log(RATIO));

describe('the steps of durations', () => {
  it.each([1, 2, 17, 250, 1_234, 99_999, 1_000_000, 300_000_000])('%i µs is told within 2 %%', (us) => {
    const told = millisecondsOf(step(us)) * 1000;
    expect(Math.abs(told - us) / us).toBeLessThanOrEqual(us < 100 ? 0.5 : 0.0201);
  });

  it('says in SQL what it says here', () => {
    expect(stepOf('duration_us')).toBe(
      `ceil(ln(greatest(duration_us, 1)::float8) / ${Math.log(RATIO)})::integer`,
    );
  });

  it('tells milliseconds to the microsecond', () => {
    expect(toMilliseconds(1_234.6)).toBe(1.235);
  });
});
