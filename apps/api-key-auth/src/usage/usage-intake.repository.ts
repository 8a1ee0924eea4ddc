import { Injectable } from '@nestjs/common';
import type { UsageBatch, UsageRecord } from '@signalbox/contracts';
import { Database, type Prepared } from '@signalbox/database';

const NO_PARTITION = '23514';

const STORE: Prepared = {
  name: 'usage-store',
  text: `
    WITH batch AS (
      INSERT INTO usage_batches (id, first_at, last_at, rolled_up)
      SELECT $1, coalesce(min(time), now()), coalesce(max(time), now()), count(*) = 0
        FROM json_to_recordset($2::json) AS r(time timestamptz)
      ON CONFLICT (id) DO NOTHING
      RETURNING id
    ), stored AS (
      INSERT INTO usage_logs (batch_id, time, request_id, method, endpoint, surface, status, duration_us, bytes_in,
        bytes_out, caller_kind, caller_id, caller_name, project_id, error_code, address)
      SELECT batch.id, r.time, r.request_id, r.method, r.endpoint, r.surface, r.status, r.duration_us, r.bytes_in,
        r.bytes_out, r.caller_kind, r.caller_id, r.caller_name, r.project_id, r.error_code, r.address
        FROM batch, json_to_recordset($2::json) AS r(time timestamptz, request_id text, method text, endpoint text,
          surface text, status smallint, duration_us integer, bytes_in bigint, bytes_out bigint, caller_kind text,
          caller_id text, caller_name text, project_id text, error_code text, address text)
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
        JSON.stringify(records),
      ]);
      return { fresh: rows[0]?.batches === 1, records: rows[0]?.stored ?? 0 };
    } catch (error) {
      if ((error as { code?: unknown }).code === NO_PARTITION) return null;
      throw error;
    }
  }
}
