import { Injectable } from '@nestjs/common';
import { column, Database } from '@signalbox/database';

/** Whoever has not told the result by then is dead: others process it again. */
export const CLAIM_SECONDS = 20;
/** What an event of a delivery weighs beside its bytes, in bytes: of a small body many may be made. */
const PART_WEIGHT = 2048;
/** Claimed at once, beyond which a single one is. */
export const CLAIM_WEIGHT = 8 * 1024 * 1024;

/** What a delivery takes of the memory, in bytes: about that of its body and of the events that it tells of. */
export function weightOf(bodyBytes: number, parts: number): number {
  return bodyBytes + parts * PART_WEIGHT;
}

/** A right to process something, until it lapses. */
export interface Claim {
  readonly id: string;
  /** When it was last known to be good for as long as a claim lasts, by `performance.now()`. */
  readonly at: number;
}

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
  readonly parts: number;
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
  /** False where it is to be as if it had not been tried. */
  readonly counts: boolean;
}

const CLAIM = {
  name: 'claim-inbound-events',
  text: `
  WITH due AS (
    SELECT id, next_attempt_at, octet_length(body) + parts * $5::bigint AS weight FROM inbound_events
    WHERE status = 'pending' AND next_attempt_at <= now() AND parts <= $6
    ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ), bounded AS (
    SELECT id, sum(weight) OVER (ORDER BY next_attempt_at, id ROWS UNBOUNDED PRECEDING) - weight AS before FROM due
  )
  UPDATE inbound_events e
  SET claimed_by = $1, attempts = e.attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
  FROM bounded b WHERE e.id = b.id AND b.before < $4::bigint
  RETURNING e.id, e.endpoint_id, e.delivery_id, e.provider, e.method, e.url, e.headers, e.body, e.parts, e.attempts,
    e.replays, e.received_at`,
};

const RENEW = `
  UPDATE inbound_events SET next_attempt_at = now() + make_interval(secs => $3)
  WHERE id = $1 AND claimed_by = $2 AND status = 'pending'`;

const GIVE_BACK = `
  UPDATE inbound_events e SET claimed_by = NULL, attempts = e.attempts - 1, next_attempt_at = now()
  FROM unnest($1::uuid[], $2::uuid[]) AS r(id, claim) WHERE e.id = r.id AND e.claimed_by = r.claim`;

/**
 * Results, and how many there are of each, in one statement. Of a claim that has lapsed nothing is written. Only what is pending is claimed;
 * to say so here would have PostgreSQL read the index of all that is and was due.
 */
const SETTLE = {
  name: 'settle-inbound-events',
  text: `
  WITH result AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::integer[])
      AS r(id, claim, status, reason, retry_in_ms, counted)
  ), changed AS (
    UPDATE inbound_events e SET
      status = r.status, reason = r.reason, claimed_by = NULL, attempts = e.attempts - 1 + r.counted,
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

  /**
   * The longest due, at most that many, and fewer where they weigh `CLAIM_WEIGHT` together.
   * @param mostParts what tells of more events is left to others
   */
  async claim(claimId: string, most: number, mostParts: number): Promise<ClaimedEvent[]> {
    const { rows } = await this.database.query<ClaimedEvent>(CLAIM, [
      claimId,
      most,
      CLAIM_SECONDS,
      CLAIM_WEIGHT,
      PART_WEIGHT,
      mostParts,
    ]);
    return rows;
  }

  /** From now on it lasts as long as a new one. False where it has lapsed, and another has it. */
  async renew(eventId: string, claimId: string): Promise<boolean> {
    const { rowCount } = await this.database.query(RENEW, [eventId, claimId, CLAIM_SECONDS]);
    return rowCount === 1;
  }

  /** Of what nobody began with: others may claim it at once, and it has not been tried. */
  async giveBack(held: readonly { readonly id: string; readonly claim: string }[]): Promise<void> {
    if (held.length === 0) return;
    await this.database.query(GIVE_BACK, [
      column(held.map(({ id }) => id)),
      column(held.map(({ claim }) => claim)),
    ]);
  }

  /** Answers how many there are of each status. */
  async settle(results: readonly ProcessedEvent[]): Promise<Map<string, number>> {
    const { rows } = await this.database.query<{ status: string; events: number }>(SETTLE, [
      column(results.map(({ id }) => id)),
      column(results.map(({ claim }) => claim)),
      column(results.map(({ status }) => status)),
      column(results.map(({ reason }) => reason)),
      column(results.map(({ retryInMs }) => retryInMs)),
      column(results.map(({ counts }) => (counts ? 1 : 0))),
    ]);
    return new Map(rows.map(({ status, events }) => [status, events]));
  }
}
