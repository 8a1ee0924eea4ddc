import { Injectable } from '@nestjs/common';
import {
  USAGE_LOGS_COUNTED,
  type UsageCursor,
  type UsageFilter,
  type UsageLogView,
  type UsageRange,
} from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { toMilliseconds } from './latency-sketch';
import { conditionOf, type OnlyOf } from './usage-filter';

export interface LogsQuery extends UsageRange {
  readonly filter: UsageFilter;
  readonly only: OnlyOf;
}

type LogRow = Omit<UsageLogView, 'time' | 'duration_ms' | 'bytes_in' | 'bytes_out'> & {
  readonly time: Date;
  readonly duration_us: number;
  readonly bytes_in: string;
  readonly bytes_out: string;
};

const COLUMNS = `id, time, request_id, method, endpoint, surface, status, duration_us, bytes_in, bytes_out, caller_kind,
  caller_id, caller_name, project_id, error_code, address`;

/** No record of the same time comes after it. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Reads records of requests. Everything here may lag. */
@Injectable()
export class UsageLogsRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async page(
    query: LogsQuery,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<{ items: UsageLogView[]; total: number }> {
    const { where, values } = chosen(query);
    const [rows, count] = await Promise.all([
      this.database.lagging.query<LogRow>(
        `SELECT ${COLUMNS} FROM usage_logs WHERE ${where} ORDER BY time DESC, id DESC LIMIT ${limit} OFFSET ${offset}`,
        values,
      ),
      this.database.lagging.query<{ total: number }>(
        `SELECT count(*)::integer AS total FROM (SELECT FROM usage_logs WHERE ${where} LIMIT ${USAGE_LOGS_COUNTED}) counted`,
        values,
      ),
    ]);
    return { items: rows.rows.map(viewOf), total: count.rows[0]?.total ?? 0 };
  }

  /** Oldest first, from after `cursor` on. */
  async after(query: LogsQuery, cursor: UsageCursor | null, limit: number): Promise<UsageLogView[]> {
    const { sql, values } = conditionOf(query.filter, query.only, 4);
    // One bound below, not two: a planner that has no figures of today yet would take both together for a handful of rows, and sort
    // all that is left of the day for each batch.
    const { rows } = await this.database.lagging.query<LogRow>(
      `SELECT ${COLUMNS} FROM usage_logs
        WHERE (time, id) > ($1::timestamptz, $2::uuid) AND time < $3${sql} ORDER BY time, id LIMIT ${limit}`,
      [
        cursor?.time ?? new Date(Date.parse(query.from) - 1),
        cursor?.id ?? LAST_ID,
        new Date(query.to),
        ...values,
      ],
    );
    return rows.map(viewOf);
  }
}

function chosen({ filter, only, from, to }: LogsQuery): { where: string; values: unknown[] } {
  const { sql, values } = conditionOf(filter, only, 3);
  return { where: `time >= $1 AND time < $2${sql}`, values: [new Date(from), new Date(to), ...values] };
}

function viewOf({ time, duration_us, bytes_in, bytes_out, ...row }: LogRow): UsageLogView {
  return {
    ...row,
    time: time.toISOString(),
    duration_ms: toMilliseconds(duration_us),
    bytes_in: Number(bytes_in),
    bytes_out: Number(bytes_out),
  };
}
