import { DomainError, USAGE_POINTS_MOST, type UsageGrain, type UsageRange } from '@signalbox/contracts';
import { DAY_MS } from './usage-days';

export const GRAIN_MS: Readonly<Record<UsageGrain, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
};

/**
 * The range in whole units of the grain, widened to what it touches.
 * @throws DomainError VALIDATION_FAILED where it is empty or has more units than a series may have points
 */
export function wholeUnits({ from, to }: UsageRange, grain: UsageGrain): { from: Date; to: Date } {
  const unit = GRAIN_MS[grain];
  const first = Math.floor(Date.parse(from) / unit) * unit;
  const end = Math.ceil(Date.parse(to) / unit) * unit;
  if (!(end > first)) throw DomainError.invalid({ field: 'to', key: 'usage.range_empty' });
  if ((end - first) / unit > USAGE_POINTS_MOST) {
    throw DomainError.invalid({
      field: 'granularity',
      key: 'usage.too_many_points',
      params: { max: USAGE_POINTS_MOST },
    });
  }
  return { from: new Date(first), to: new Date(end) };
}
