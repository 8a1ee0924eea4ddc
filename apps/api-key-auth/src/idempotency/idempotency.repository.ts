import { Injectable } from '@nestjs/common';
import { IDEMPOTENCY_SECONDS, type StoredResponse } from '@signalbox/contracts';
import { Database } from '@signalbox/database';

/** Longest time between a claim and its answer; after it the process that ran the request is taken for dead. */
export const CLAIM_SECONDS = 120;

const FORGOTTEN = `r.created_at <= now() - interval '${IDEMPOTENCY_SECONDS} seconds'`;
const ABANDONED = `r.status IS NULL AND r.digest = excluded.digest AND r.claimed_at <= now() - interval '${CLAIM_SECONDS} seconds'`;

export interface Claim {
  readonly scope: string;
  readonly key: string;
  readonly digest: string;
}

export interface ClaimedRecord {
  readonly id: string;
  readonly digest: string;
  /** True when this claim is the one that runs. */
  readonly won: boolean;
  readonly response: StoredResponse | null;
}

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Claims the key or answers who has it, in one statement: of any number at the same time exactly one wins. A record past its
   * time starts anew; an abandoned one changes hands and keeps its id, so that what its first run made is found again.
   */
  async claim({ scope, key, digest }: Claim, fresh: { id: string; holder: string }): Promise<ClaimedRecord> {
    const { rows } = await this.database.query<ClaimRow>(
      `INSERT INTO idempotency_records AS r (id, scope, key, digest, holder, claimed_at, created_at)
       VALUES ($1, $2, $3, $4, $5, now(), now())
       ON CONFLICT (scope, key) DO UPDATE SET
         id = CASE WHEN ${FORGOTTEN} THEN excluded.id ELSE r.id END,
         digest = CASE WHEN ${FORGOTTEN} THEN excluded.digest ELSE r.digest END,
         status = CASE WHEN ${FORGOTTEN} THEN NULL ELSE r.status END,
         headers = CASE WHEN ${FORGOTTEN} THEN NULL ELSE r.headers END,
         body = CASE WHEN ${FORGOTTEN} THEN NULL ELSE r.body END,
         created_at = CASE WHEN ${FORGOTTEN} THEN now() ELSE r.created_at END,
         holder = CASE WHEN ${FORGOTTEN} OR ${ABANDONED} THEN excluded.holder ELSE r.holder END,
         claimed_at = CASE WHEN ${FORGOTTEN} OR ${ABANDONED} THEN now() ELSE r.claimed_at END
       RETURNING r.id, r.digest, r.holder = $5 AS won, r.status, r.headers, r.body`,
      [fresh.id, scope, key, digest, fresh.holder],
    );
    return record(rows);
  }

  /** Keeps the first response only: false when there is one already, or no such record. */
  async settle(id: string, { status, headers, body }: StoredResponse): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `UPDATE idempotency_records SET status = $2, headers = $3, body = $4 WHERE id = $1 AND status IS NULL`,
      [id, status, JSON.stringify(headers), body],
    );
    return rowCount === 1;
  }

  async release(id: string): Promise<boolean> {
    const { rowCount } = await this.database.query(
      'DELETE FROM idempotency_records WHERE id = $1 AND status IS NULL',
      [id],
    );
    return rowCount === 1;
  }

  /** Deletes up to `limit` records past their time and tells how many it found. */
  async deleteForgotten(limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM idempotency_records WHERE id IN (
         SELECT r.id FROM idempotency_records r WHERE ${FORGOTTEN}
          ORDER BY r.created_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [limit],
    );
    return rowCount ?? 0;
  }
}

interface ClaimRow {
  id: string;
  digest: string;
  won: boolean;
  status: number | null;
  headers: Record<string, string> | null;
  body: string | null;
}

function record([row]: ClaimRow[]): ClaimedRecord {
  if (!row) throw new Error('The claim answered no row');
  const { id, digest, won, status, headers, body } = row;
  const settled = status !== null && headers !== null && body !== null;
  return { id, digest, won, response: settled ? { status, headers, body } : null };
}
