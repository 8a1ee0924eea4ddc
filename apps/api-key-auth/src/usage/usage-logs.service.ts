import { Injectable } from '@nestjs/common';
import {
  USAGE_EXPORT_BATCH,
  type Page,
  type Principal,
  type UsageExportQuery,
  type UsageLogFilter,
  type UsageLogView,
} from '@signalbox/contracts';
import { requireKeyAdmin } from '../access';
import { onlyOf } from './usage-filter';
import { UsageLogsRepository } from './usage-logs.repository';

/** Records tell who called, and from where: they are for administrators, also those of some projects only. */
@Injectable()
export class UsageLogsService {
  constructor(private readonly logs: UsageLogsRepository) {}

  async list(
    { page, size, from, to, ...filter }: UsageLogFilter,
    principal: Principal,
  ): Promise<Page<UsageLogView>> {
    requireKeyAdmin(principal);
    const found = await this.logs.page(
      { from, to, filter, only: onlyOf(principal) },
      { offset: (page - 1) * size, limit: size },
    );
    return { ...found, page, size };
  }

  async export(
    { after, from, to, ...filter }: UsageExportQuery,
    principal: Principal,
  ): Promise<UsageLogView[]> {
    requireKeyAdmin(principal);
    return await this.logs.after({ from, to, filter, only: onlyOf(principal) }, after, USAGE_EXPORT_BATCH);
  }
}
