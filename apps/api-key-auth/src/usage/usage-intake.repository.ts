import { Injectable } from '@nestjs/common';
import type { UsageBatch, UsageRecord } from '@signalbox/contracts';
import { column, Database, type Prepared } from '@signalbox/database';

const NO_PARTITION = '23514';

/** As the table has them, and the type of each. */
const COLUMNS = {
  time: 'timestamptz',
  request_id: 'text',
  method: 'text',
  endpoint: 'text',
  surface: 'text',
  status: 'smallint',
  duration_us: 'integer',
  bytes_in: 'bigint',
  bytes_out: 'bigint',
  caller_kind: 'text',
  caller_id: 'text',
  caller_name: 'text',
  project_id: 'text',
  error_code: 'text',
  address: 'text',
} as const satisfies Record<keyof UsageRecord, string>;
const NAMES = Object.keys(COLUMNS) as (keyof UsageRecord)[];

const STORE: Prepared = {
  name: 'usage-store',
  text: `
    WITH batch AS (
      INSERT INTO usage_batches (id, first_at, last_at, rolled_up)
      VALUES ($1, coalesce($2::timestamptz, now()), coalesce($3::timestamptz, now()), $2::timestamptz IS NULL)
      ON CONFLICT (id) DO NOTHING
      RETURNING id
    ), stored AS (
      INSERT INTO usage_logs (batch_id, ${NAMES.join(', ')})
      SELECT batch.id, r.*
        FROM batch, unnest(${NAMES.map((name, at) => `$${at + 4}::${COLUMNS[name]}[]`).join(', ')}) AS r
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM batch)::integer AS batches, (SELECT count(*) FROM stored)::integer AS stored`,
};

export interface Stored {
  /** False for a batch that was stored before. */
  readonly fresh: boolean;
  readonly records: number;
}

@Injectable()
export class UsageIntakeRepository {
  constructor(private readonly database: Database) {}

  /**
   * Stores the batch whole, once, however often it is sent.
   * @returns null where there is no partition for one of its days
   */
  async store(id: UsageBatch['id'], records: readonly UsageRecord[]): Promise<Stored | null> {
    try {
      const { rows } = await this.database.query<{ batches: number; stored: number }>(STORE, [
        id,
        ...span(records),
        ...NAMES.map((name) => column(records.map((record) => record[name]))),
      ]);
      return { fresh: rows[0]?.batches === 1, records: rows[0]?.stored ?? 0 };
    } catch (error) {
      if ((error as { code?: unknown }).code === NO_PARTITION) return null;
      throw error;
    }
  }
}

/** When the first and the last of them were. */
function span(records: readonly UsageRecord[]): [first: string | null, last: string | null] {
  let [first, last]: [string | null, string | null] = [null, null];
  for (const { time } of records) {
    if (first === null || time < first) first = time;
    if (last === null || time > last) last = time;
  }
  return [first, last];
}
