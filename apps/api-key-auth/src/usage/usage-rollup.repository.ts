import { Injectable } from '@nestjs/common';
import type { UsageGrain } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import { stepOf } from './latency-sketch';

/** Advisory lock of whoever rolls up. */
export const ROLL_UP_LOCK = 7_462_839_302;
const BATCHES = 100;

interface Waiting {
  readonly ids: string[] | null;
  readonly first: Date;
  readonly last: Date;
}

const DIMENSIONS = 'endpoint, method, surface, status, caller_kind, caller_id, project_id';

/** Adds the records of some batches to the sums of their minutes, hours and days. */
const ADD = `
  WITH minutes AS (
    SELECT date_trunc('minute', time, 'UTC') AS minute, endpoint, method, surface, status,
           coalesce(caller_kind, '') AS caller_kind, coalesce(caller_id, '') AS caller_id,
           coalesce(project_id, '') AS project_id, ${stepOf('duration_us')} AS step, count(*) AS requests,
           sum(duration_us) AS duration_us, sum(bytes_in) AS bytes_in, sum(bytes_out) AS bytes_out
      FROM usage_logs WHERE time >= $2 AND time <= $3 AND batch_id = ANY ($1::uuid[])
     GROUP BY minute, ${DIMENSIONS}, step
  ), grains AS (
    SELECT grain, date_trunc(grain, minute, 'UTC') AS bucket, ${DIMENSIONS}, step, sum(requests) AS requests,
           sum(duration_us) AS duration_us, sum(bytes_in) AS bytes_in, sum(bytes_out) AS bytes_out
      FROM minutes, (VALUES ('minute'), ('hour'), ('day')) AS g(grain)
     GROUP BY grain, bucket, ${DIMENSIONS}, step
  )
  INSERT INTO usage_rollups AS r (grain, bucket, ${DIMENSIONS}, requests, duration_us, bytes_in, bytes_out, latency)
  SELECT grain, bucket, ${DIMENSIONS}, sum(requests), sum(duration_us), sum(bytes_in), sum(bytes_out),
         jsonb_object_agg(step, requests)
    FROM grains GROUP BY grain, bucket, ${DIMENSIONS}
  ON CONFLICT ON CONSTRAINT usage_rollups_pk DO UPDATE SET
    requests = r.requests + excluded.requests, duration_us = r.duration_us + excluded.duration_us,
    bytes_in = r.bytes_in + excluded.bytes_in, bytes_out = r.bytes_out + excluded.bytes_out,
    latency = usage_merge_latency(r.latency, excluded.latency)`;

const NAME_CALLERS = `
  INSERT INTO usage_callers AS c (kind, id, name)
  SELECT DISTINCT ON (caller_kind, caller_id) caller_kind, caller_id, coalesce(caller_name, '')
    FROM usage_logs
   WHERE time >= $2 AND time <= $3 AND batch_id = ANY ($1::uuid[]) AND caller_kind IS NOT NULL AND caller_id IS NOT NULL
   ORDER BY caller_kind, caller_id, time DESC
  ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name WHERE c.name <> excluded.name`;

@Injectable()
export class UsageRollupRepository {
  constructor(private readonly database: Database) {}

  /**
   * Rolls up the oldest batches that wait: each once, since what was added and that it was added are one transaction, and
   * only one process is at it at a time.
   * @returns true when there may be more
   */
  async rollUpSome(): Promise<boolean> {
    return await this.database.transaction(async (client) => {
      if (!(await locked(client))) return false;
      const { rows } = await client.query<Waiting>(
        `SELECT array_agg(id) AS ids, min(first_at) AS first, max(last_at) AS last FROM (
           SELECT id, first_at, last_at FROM usage_batches WHERE NOT rolled_up ORDER BY received_at LIMIT ${BATCHES}) b`,
      );
      const [waiting] = rows;
      if (!waiting?.ids) return false;
      const { ids, first, last } = waiting;
      await client.query(ADD, [ids, first, last]);
      await client.query(NAME_CALLERS, [ids, first, last]);
      await client.query('UPDATE usage_batches SET rolled_up = true WHERE id = ANY ($1::uuid[])', [ids]);
      return ids.length === BATCHES;
    });
  }

  /** Seconds that the oldest batch has waited; 0 where none waits. */
  async lagSeconds(): Promise<number> {
    const { rows } = await this.database.query<{ lag: number }>(
      `SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 AS lag
         FROM usage_batches WHERE NOT rolled_up`,
    );
    return rows[0]?.lag ?? 0;
  }

  /** Whether something that happened before that moment came in and is not yet part of the sums. */
  async waitsBefore(moment: Date): Promise<boolean> {
    const { rowCount } = await this.database.query(
      'SELECT FROM usage_batches WHERE NOT rolled_up AND first_at < $1 LIMIT 1',
      [moment],
    );
    return rowCount !== 0;
  }

  /** Deletes up to `limit` sums of that grain older than `days` and tells how many it found. */
  async deleteOld(grain: UsageGrain, days: number, limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM usage_rollups WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM usage_rollups WHERE grain = $1 AND bucket < now() - $2 * interval '1 day'
          LIMIT $3 FOR UPDATE SKIP LOCKED))`,
      [grain, days, limit],
    );
    return rowCount ?? 0;
  }

  /** A batch must be known for as long as it may come again. */
  async forgetBatches(days: number, limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM usage_batches WHERE id IN (
         SELECT id FROM usage_batches WHERE rolled_up AND received_at < now() - $1 * interval '1 day'
          ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [days, limit],
    );
    return rowCount ?? 0;
  }
}

async function locked(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
    ROLL_UP_LOCK,
  ]);
  return rows[0]?.locked === true;
}
