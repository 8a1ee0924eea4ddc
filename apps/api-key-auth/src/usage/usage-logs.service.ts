import { Injectable } from '@nestjs/common';
import {
  USAGE_EXPORT_BATCH,
  type Page,
  type Principal,
  type UsageExportQuery,
  type UsageLogFilter,
  type UsageLogView,
} from '@signalbox/contracts';
import { requireAdmin } from '../access';
import { UsageLogsRepository } from './usage-logs.repository';

@Injectable()
export class UsageLogsService {
  constructor(private readonly logs: UsageLogsRepository) {}

  async list(
    { page, size, from, to, ...filter }: UsageLogFilter,
    principal: Principal,
  ): Promise<Page<UsageLogView>> {
    requireAdmin(principal);
    const found = await this.logs.page({ from, to, filter }, { offset: (page - 1) * size, limit: size });
    return { ...found, page, size };
  }

  async export(
    { after, from, to, ...filter }: UsageExportQuery,
    principal: Principal,
  ): Promise<UsageLogView[]> {
    requireAdmin(principal);
    return await this.logs.after({ from, to, filter }, after, USAGE_EXPORT_BATCH);
  }
}
