import { operation } from '../operation';
import type { Page, PageRequest } from '../page';
import type { UsageBatch, UsageLogView } from './records';
import type {
  UsageDashboardView,
  UsageExportQuery,
  UsageLogFilter,
  UsageReportInput,
  UsageReportResult,
  UsageReportView,
  UsageStatsQuery,
  UsageStatsView,
} from './views';

const SERVICE = 'api-key-auth' as const;

export const usageOperations = {
  /** A `query`, since running it again does no harm: a batch is stored once. Answers how many records were stored. */
  store: operation<UsageBatch, { stored: number }>(SERVICE, 'usage.store', 'query'),
  /** Confined callers see the requests of their projects, and what they called themselves. */
  stats: operation<UsageStatsQuery, UsageStatsView>(SERVICE, 'usage.stats', 'query', 15_000),
  /** Newest first; of confined callers as above. */
  logs: operation<UsageLogFilter, Page<UsageLogView>>(SERVICE, 'usage.logs', 'query', 15_000),
  /** Oldest first, a batch at a time. */
  export: operation<UsageExportQuery, readonly UsageLogView[]>(SERVICE, 'usage.export', 'query', 15_000),
  dashboard: operation<Record<string, never>, UsageDashboardView>(SERVICE, 'usage.dashboard', 'query'),
};

export const usageReportOperations = {
  list: operation<PageRequest, Page<UsageReportView>>(SERVICE, 'usage-reports.list', 'query'),
  create: operation<UsageReportInput, UsageReportView>(SERVICE, 'usage-reports.create', 'command'),
  get: operation<{ id: string }, UsageReportView>(SERVICE, 'usage-reports.get', 'query'),
  update: operation<{ id: string; changes: Partial<UsageReportInput> }, UsageReportView>(
    SERVICE,
    'usage-reports.update',
    'command',
  ),
  remove: operation<{ id: string }, { id: string; deleted: true }>(
    SERVICE,
    'usage-reports.delete',
    'command',
  ),
  /** Over the report's own time, or over `from` and `to`. */
  run: operation<{ id: string; from?: string; to?: string }, UsageReportResult>(
    SERVICE,
    'usage-reports.run',
    'query',
    15_000,
  ),
};
