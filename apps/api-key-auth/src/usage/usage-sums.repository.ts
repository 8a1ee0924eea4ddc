import { Injectable } from '@nestjs/common';
import type { UsageDimension, UsageFigures, UsageFilter, UsageGrain } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { millisecondsOf, toMilliseconds } from './latency-sketch';
import { conditionOf, type OnlyOf } from './usage-filter';

/** Whole units of `grain`, `to` not included. */
export interface SumsQuery {
  readonly grain: UsageGrain;
  readonly from: Date;
  readonly to: Date;
  readonly filter: UsageFilter;
  readonly only: OnlyOf;
}

export interface Sums extends UsageFigures {
  /** What it is grouped by, in the order that was asked for; null where a request had none. */
  readonly group: readonly (string | null)[];
}

export interface Breakdown {
  readonly endpoints: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** Newest first. */
  readonly hours: readonly { readonly hour: string; readonly count: number }[];
  readonly keys: readonly { readonly id: string; readonly name: string; readonly count: number }[];
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const caller = (kind: string) => `CASE WHEN caller_kind = '${kind}' THEN caller_id END`;

const COLUMN: Readonly<Record<UsageDimension, string>> = {
  endpoint: 'endpoint',
  method: 'method',
  surface: 'surface',
  status: 'status::text',
  key: caller('api_key'),
  user: caller('user'),
  project: `nullif(project_id, '')`,
  time: `to_char(bucket AT TIME ZONE 'UTC', ${ISO})`,
};

const ENDPOINTS = 200;
/** Of 31 days. */
export const HOURS_MOST = 744;
const KEYS = 10;

interface SumsRow {
  readonly dims: (string | null)[];
  readonly requests: string;
  readonly failed: string;
  readonly duration_us: string;
  readonly bytes_in: string;
  readonly bytes_out: string;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

type Kind = 'endpoint' | 'status' | 'hour' | 'key';
interface BreakdownRow {
  readonly kind: Kind;
  readonly value: string;
  readonly requests: string;
  readonly name: string | null;
}

/** Reads sums of requests. Everything here may lag. */
@Injectable()
export class UsageSumsRepository {
  constructor(private readonly database: Database) {}

  /** The figures of each group, the busiest first; grouped by nothing, one row. @param limit the most groups */
  async figures(query: SumsQuery, by: readonly UsageDimension[], limit: number): Promise<Sums[]> {
    const { where, values } = chosen(query);
    const { rows } = await this.database.lagging.query<SumsRow>(
      `WITH chosen AS MATERIALIZED (
         SELECT ARRAY[${by.map((name) => COLUMN[name]).join(', ')}]::text[] AS dims, status, requests, duration_us,
                bytes_in, bytes_out, latency
           FROM usage_rollups WHERE ${where}
       ), sums AS (
         SELECT dims, sum(requests) AS requests, coalesce(sum(requests) FILTER (WHERE status >= 400), 0) AS failed,
                sum(duration_us) AS duration_us, sum(bytes_in) AS bytes_in, sum(bytes_out) AS bytes_out
           FROM chosen GROUP BY dims ORDER BY requests DESC, dims LIMIT ${limit}
       ), steps AS (
         SELECT dims, key::integer AS step, sum(value::bigint) AS n
           FROM sums JOIN chosen USING (dims), jsonb_each_text(latency) GROUP BY dims, step
       ), run AS (
         SELECT dims, step, sum(n) OVER (PARTITION BY dims ORDER BY step) AS reached, sum(n) OVER (PARTITION BY dims) AS n
           FROM steps
       ), percentiles AS (
         SELECT dims, min(step) FILTER (WHERE reached >= 0.5 * n) AS p50, min(step) FILTER (WHERE reached >= 0.95 * n) AS p95,
                min(step) FILTER (WHERE reached >= 0.99 * n) AS p99
           FROM run GROUP BY dims
       )
       SELECT * FROM sums JOIN percentiles USING (dims) ORDER BY requests DESC, dims`,
      values,
    );
    return rows.map(sumsOf);
  }

  /** How the requests spread. Keys that a confined caller may not see are not named. */
  async breakdown(query: SumsQuery): Promise<Breakdown> {
    const { where, values } = chosen(query);
    const { only } = query;
    const key = only ? visibleKey(values.length + 1) : caller('api_key');
    if (only) values.push(only.projects, only.kind === 'api_key' ? only.id : null);
    const { rows } = await this.database.lagging.query<BreakdownRow>(
      `WITH chosen AS MATERIALIZED (
         SELECT endpoint, status, date_trunc('hour', bucket, 'UTC') AS hour, ${key} AS key, requests
           FROM usage_rollups WHERE ${where}
       ), ranked AS (
         SELECT CASE WHEN grouping(endpoint) = 0 THEN 'endpoint' WHEN grouping(status) = 0 THEN 'status'
                     WHEN grouping(hour) = 0 THEN 'hour' ELSE 'key' END AS kind,
                coalesce(endpoint, status::text, to_char(hour AT TIME ZONE 'UTC', ${ISO}), key) AS value,
                sum(requests) AS requests
           FROM chosen GROUP BY GROUPING SETS ((endpoint), (status), (hour), (key))
       ), placed AS (
         SELECT *, row_number() OVER (PARTITION BY kind ORDER BY requests DESC, value) AS busiest,
                row_number() OVER (PARTITION BY kind ORDER BY value DESC) AS newest
           FROM ranked WHERE value IS NOT NULL
       )
       SELECT p.kind, p.value, p.requests, c.name
         FROM placed p LEFT JOIN usage_callers c ON p.kind = 'key' AND c.kind = 'api_key' AND c.id = p.value
        WHERE CASE p.kind WHEN 'endpoint' THEN busiest <= ${ENDPOINTS} WHEN 'key' THEN busiest <= ${KEYS}
                          WHEN 'hour' THEN newest <= ${HOURS_MOST} ELSE true END
        ORDER BY p.kind, CASE WHEN p.kind = 'hour' THEN p.value END DESC, p.requests DESC, p.value`,
      values,
    );
    const of = (kind: Kind) => rows.filter((row) => row.kind === kind);
    const counts = (kind: Kind) =>
      Object.fromEntries(of(kind).map(({ value, requests }) => [value, Number(requests)]));
    return {
      endpoints: counts('endpoint'),
      statuses: counts('status'),
      hours: of('hour').map(({ value, requests }) => ({ hour: value, count: Number(requests) })),
      keys: of('key').map(({ value, requests, name }) => ({
        id: value,
        name: name ?? value,
        count: Number(requests),
      })),
    };
  }

  async requests(query: SumsQuery): Promise<number> {
    return (await this.counts(query)).requests;
  }

  async counts(query: SumsQuery): Promise<Pick<UsageFigures, 'requests' | 'failed'>> {
    const { where, values } = chosen(query);
    const { rows } = await this.database.lagging.query<{ requests: string | null; failed: string | null }>(
      `SELECT sum(requests) AS requests, sum(requests) FILTER (WHERE status >= 400) AS failed
         FROM usage_rollups WHERE ${where}`,
      values,
    );
    return { requests: Number(rows[0]?.requests ?? 0), failed: Number(rows[0]?.failed ?? 0) };
  }
}

function chosen({ grain, from, to, filter, only }: SumsQuery): { where: string; values: unknown[] } {
  const { sql, values } = conditionOf(filter, only, 4);
  return { where: `grain = $1 AND bucket >= $2 AND bucket < $3${sql}`, values: [grain, from, to, ...values] };
}

/** The id of the API key that called, where it is the caller's own or one inside its projects: as a list of keys shows them. */
function visibleKey(first: number): string {
  return `CASE WHEN caller_kind = 'api_key' AND (caller_id = $${first + 1}::text OR caller_id IN (
            SELECT id::text FROM api_keys WHERE project_ids <@ $${first}::text[])) THEN caller_id END`;
}

function sumsOf({ dims, requests, failed, duration_us, bytes_in, bytes_out, p50, p95, p99 }: SumsRow): Sums {
  const percentile = (step: number | null) => (step === null ? null : millisecondsOf(step));
  return {
    group: dims,
    requests: Number(requests),
    failed: Number(failed),
    bytes_in: Number(bytes_in),
    bytes_out: Number(bytes_out),
    average_response_time: toMilliseconds(Number(duration_us) / Number(requests)),
    p50: percentile(p50),
    p95: percentile(p95),
    p99: percentile(p99),
  };
}

/** The figures where there was no request. */
export const NOTHING: UsageFigures = {
  requests: 0,
  failed: 0,
  bytes_in: 0,
  bytes_out: 0,
  average_response_time: null,
  p50: null,
  p95: null,
  p99: null,
};
