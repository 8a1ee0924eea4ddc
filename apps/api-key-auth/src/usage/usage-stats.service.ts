import { Injectable } from '@nestjs/common';
import {
  USAGE_POINTS_MOST,
  type Principal,
  type UsageStatsQuery,
  type UsageStatsView,
} from '@signalbox/contracts';
import { DAY_MS } from './usage-days';
import { onlyOf } from './usage-filter';
import { GRAIN_MS, wholeUnits } from './usage-range';
import {
  HOURS_MOST,
  NOTHING,
  UsageSumsRepository,
  type Breakdown,
  type SumsQuery,
} from './usage-sums.repository';

@Injectable()
export class UsageStatsService {
  constructor(private readonly sums: UsageSumsRepository) {}

  async stats(
    { from, to, granularity, ...filter }: UsageStatsQuery,
    principal: Principal,
  ): Promise<UsageStatsView> {
    const range = wholeUnits({ from, to }, granularity);
    const query = { ...range, filter, grain: granularity, only: onlyOf(principal) };
    const [[totals], series, breakdown, hoursOfDays] = await Promise.all([
      this.sums.figures(query, [], 1),
      this.sums.figures(query, ['time'], USAGE_POINTS_MOST),
      this.sums.breakdown(query),
      granularity === 'day' ? this.hours(query) : null,
    ]);
    const hours = hoursOfDays ?? breakdown.hours;
    const { group: _none, ...figures } = totals ?? { ...NOTHING, group: [] };
    return {
      from: range.from.toISOString(),
      to: range.to.toISOString(),
      granularity,
      totals: figures,
      by_endpoint: breakdown.endpoints,
      by_status: breakdown.statuses,
      by_hour: [...hours].reverse(),
      top_api_keys: breakdown.keys.map(({ id, name, count }) => ({ id, name, usage_count: count })),
      series: series
        .map(({ group: [time], ...point }) => ({ time: time ?? '', ...point }))
        .sort((a, b) => (a.time < b.time ? -1 : 1)),
    };
  }

  /** Requests of the last 24 hours. */
  async lastDay(principal: Principal): Promise<number> {
    const now = Math.ceil(Date.now() / GRAIN_MS.minute) * GRAIN_MS.minute;
    const range = { grain: 'minute', from: new Date(now - DAY_MS), to: new Date(now) } as const;
    return await this.sums.requests({ ...range, filter: {}, only: onlyOf(principal) });
  }

  /** Of whole days the sums of their hours tell; those of older days are gone. */
  private async hours(query: SumsQuery): Promise<Breakdown['hours']> {
    const from = new Date(Math.max(query.from.getTime(), query.to.getTime() - HOURS_MOST * GRAIN_MS.hour));
    return (await this.sums.breakdown({ ...query, from, grain: 'hour' })).hours;
  }
}
