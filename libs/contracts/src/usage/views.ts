import type { PageRequest } from '../page';

export const USAGE_GRAINS = ['minute', 'hour', 'day'] as const;
export type UsageGrain = (typeof USAGE_GRAINS)[number];

/** By what a report may group. `time` is the grain of the report. */
export const USAGE_DIMENSIONS = [
  'endpoint',
  'method',
  'surface',
  'status',
  'key',
  'user',
  'project',
  'time',
] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

/** `404`, or a class of statuses: `4xx`. */
export const STATUS_FILTER = /^(?:[1-5]\d\d|[1-5]xx)$/;

/** What is left out does not matter. */
export interface UsageFilter {
  /** Id of an API key. */
  readonly key?: string;
  /** Id of a user. */
  readonly user?: string;
  readonly endpoint?: string;
  readonly method?: string;
  readonly surface?: string;
  /** As `STATUS_FILTER`. */
  readonly status?: string;
  readonly project_id?: string;
}

/** ISO 8601; `to` is not part of it. */
export interface UsageRange {
  readonly from: string;
  readonly to: string;
}

export interface UsageStatsQuery extends UsageFilter, UsageRange {
  readonly granularity: UsageGrain;
}

/** The most points a series may have, and the most rows a report. */
export const USAGE_POINTS_MOST = 1_500;
export const USAGE_REPORT_ROWS_MOST = 1_000;

/** Times are milliseconds; null where there was no request. Percentiles are within 2 % of the true ones. */
export interface UsageLatency {
  readonly average_response_time: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface UsageFigures extends UsageLatency {
  readonly requests: number;
  /** Of those, the ones answered with 400 or above. */
  readonly failed: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
}

export interface UsagePoint extends UsageFigures {
  /** The beginning of the minute, hour or day: ISO 8601. */
  readonly time: string;
}

export interface UsageStatsView extends UsageRange {
  readonly granularity: UsageGrain;
  readonly totals: UsageFigures;
  /** The busiest, at most 200. */
  readonly by_endpoint: Readonly<Record<string, number>>;
  readonly by_status: Readonly<Record<string, number>>;
  /** The newest 744 hours of the range in which there was a request. */
  readonly by_hour: readonly { readonly hour: string; readonly count: number }[];
  /** The ten busiest. */
  readonly top_api_keys: readonly {
    readonly id: string;
    readonly name: string;
    readonly usage_count: number;
  }[];
  /** What had no request has no point. */
  readonly series: readonly UsagePoint[];
}

export interface UsageLogFilter extends UsageFilter, UsageRange, PageRequest {}

/** Counting on would take longer than anybody waits: a longer list says this many. */
export const USAGE_LOGS_COUNTED = 100_000;

/** Where an export goes on: after this record. */
export interface UsageCursor {
  readonly time: string;
  readonly id: string;
}

export interface UsageExportQuery extends UsageFilter, UsageRange {
  readonly after: UsageCursor | null;
}

/** Records an answer to `usage.export` holds at most; fewer mean that there are no more. */
export const USAGE_EXPORT_BATCH = 1_000;

export interface UsageReportInput {
  readonly name: string;
  readonly description?: string | null;
  readonly group_by: readonly UsageDimension[];
  readonly filter?: UsageFilter;
  readonly granularity?: UsageGrain;
  /** The time it covers, in days before it is run. */
  readonly days?: number;
}

export const USAGE_REPORT_LIMITS = { groups: 4, days: 400, reports: 500 } as const;

export interface UsageReportView {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly group_by: readonly UsageDimension[];
  readonly filter: UsageFilter;
  readonly granularity: UsageGrain;
  readonly days: number;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A row of a report: what it is grouped by (null where a request had none), and its figures. */
export interface UsageReportRow extends UsageFigures {
  readonly group: Readonly<Partial<Record<UsageDimension, string | null>>>;
}

export interface UsageReportResult extends UsageRange {
  readonly report: UsageReportView;
  /** The busiest first. */
  readonly rows: readonly UsageReportRow[];
  /** There were more rows than a report may have. */
  readonly truncated: boolean;
}

export interface UsageDashboardView {
  readonly total_api_keys: number;
  readonly active_api_keys: number;
  readonly api_requests_24h: number;
}
