import { Injectable } from '@nestjs/common';
import type { Principal, UsageDashboardView } from '@signalbox/contracts';
import { UsageDashboardRepository } from './usage-dashboard.repository';
import { UsageStatsService } from './usage-stats.service';

@Injectable()
export class UsageDashboardService {
  constructor(
    private readonly stats: UsageStatsService,
    private readonly dashboard: UsageDashboardRepository,
  ) {}

  /** Of what the caller may see. */
  async report(principal: Principal): Promise<UsageDashboardView> {
    const [api_requests_24h, keys] = await Promise.all([
      this.stats.lastDay(principal),
      this.dashboard.countKeys(principal.projects),
    ]);
    return { total_api_keys: keys.total, active_api_keys: keys.active, api_requests_24h };
  }
}
