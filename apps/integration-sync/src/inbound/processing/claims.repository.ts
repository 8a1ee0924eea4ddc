import { Injectable } from '@nestjs/common';
import { column, Database } from '@signalbox/database';

/** Whoever has not told the result by then is dead: others process it again. */
export const CLAIM_SECONDS = 20;

/** What is to be processed now. */
export interface ClaimedEvent {
  readonly id: string;
  readonly endpoint_id: string;
  readonly delivery_id: string | null;
  readonly provider: string;
  readonly method: string;
  readonly url: string;
  readonly headers: string[];
  readonly body: Buffer;
  /** This one included. */
  readonly attempts: number;
  readonly replays: number;
  readonly received_at: Date;
}

/** What became of it. */
export interface ProcessedEvent {
  readonly id: string;
  /** By which it was processed. */
  readonly claim: string;
  readonly status: 'processed' | 'failed' | 'ignored' | 'pending';
  readonly reason: string | null;
  /** Milliseconds from now; null when there is no next attempt. */
  readonly retryInMs: number | null;
}

const CLAIM = {
  name: 'claim-inbound-events',
  text: `
  WITH due AS (
    SELECT id FROM inbound_events WHERE status = 'pending' AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
  )
  UPDATE inbound_events e
  SET claimed_by = $1, attempts = e.attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
  FROM due WHERE e.id = due.id
  RETURNING e.id, e.endpoint_id, e.delivery_id, e.provider, e.method, e.url, e.headers, e.body, e.attempts, e.replays,
    e.received_at`,
};

/**
 * Results, and how many there are of each, in one statement. Of a claim that has lapsed nothing is written. Only what is pending is claimed;
 * to say so here would have PostgreSQL read the index of all that is and was due.
 */
const SETTLE = {
  name: 'settle-inbound-events',
  text: `
  WITH result AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[])
      AS r(id, claim, status, reason, retry_in_ms)
  ), changed AS (
    UPDATE inbound_events e SET
      status = r.status, reason = r.reason, claimed_by = NULL,
      next_attempt_at = now() + make_interval(secs => r.retry_in_ms / 1000.0),
      processed_at = CASE WHEN r.status <> 'pending' THEN now() END
    FROM result r WHERE e.id = r.id AND e.claimed_by = r.claim
    RETURNING e.status
  ), counted AS (
    INSERT INTO inbound_totals AS t (status, events)
    SELECT status, count(*) FROM changed WHERE status <> 'pending' GROUP BY status ORDER BY status
    ON CONFLICT (status) DO UPDATE SET events = t.events + excluded.events
  )
  SELECT status, count(*)::integer AS events FROM changed GROUP BY status`,
};

/** Who processes what. The database decides; a claim lasts until its result is written or its time is over. */
@Injectable()
export class ClaimsRepository {
  constructor(private readonly database: Database) {}

  /** The longest due, at most that many. */
  async claim(claimId: string, most: number): Promise<ClaimedEvent[]> {
    const { rows } = await this.database.query<ClaimedEvent>(CLAIM, [claimId, most, CLAIM_SECONDS]);
    return rows;
  }

  /** Answers how many there are of each status. */
  async settle(results: readonly ProcessedEvent[]): Promise<Map<string, number>> {
    const { rows } = await this.database.query<{ status: string; events: number }>(SETTLE, [
      column(results.map(({ id }) => id)),
      column(results.map(({ claim }) => claim)),
      column(results.map(({ status }) => status)),
      column(results.map(({ reason }) => reason)),
      column(results.map(({ retryInMs }) => retryInMs)),
    ]);
    return new Map(rows.map(({ status, events }) => [status, events]));
  }
}
