import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';
import type { Claim } from './claim';

/** A dispatcher that has not been seen for this long is dead: others take over what it held. */
export const DISPATCHER_DEAD_AFTER_SECONDS = 15;

/** More than any dispatcher holds. */
const MAX_HELD = 50_000;

/**
 * Whether the first parameter holds a delivery that is found by its id. Compared in a way that uses no index: the one on holders
 * keeps an entry of the same holder for each delivery that was made, until it is vacuumed.
 */
export const HELD_BY_1 = 'claimed_by IS NOT DISTINCT FROM $1';

const CLAIM_DUE = {
  name: 'claim-due',
  text: `WITH due AS (
         SELECT d.id, w.version
         FROM webhooks w CROSS JOIN LATERAL (
           SELECT id FROM deliveries
           WHERE webhook_id = w.id AND status = 'pending' AND claimed_by IS NULL AND next_attempt_at <= now()
           ORDER BY next_attempt_at LIMIT $3
           FOR UPDATE SKIP LOCKED
         ) d
         WHERE w.is_active AND w.id <> ALL ($4::uuid[])
         LIMIT $2
       ), claimed AS (
         UPDATE deliveries d SET claimed_by = $1 FROM due WHERE d.id = due.id
         RETURNING d.id, d.webhook_id, due.version, d.event_id, d.event_type, d.attempts, d.round_start
       )
       SELECT c.*, e.body FROM claimed c JOIN events e ON e.id = c.event_id`,
};

interface DueRow {
  id: string;
  webhook_id: string;
  version: number;
  event_type: string;
  body: string;
  attempts: number;
  round_start: number;
}

/** Who holds which delivery. The database decides; a claim lasts until its result is written or its holder dies. */
@Injectable()
export class ClaimsRepository {
  constructor(private readonly database: Database) {}

  async heartbeat(dispatcherId: string): Promise<void> {
    await this.database.query(
      `INSERT INTO dispatchers (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
      [dispatcherId],
    );
  }

  /**
   * Claims what is due, a few of each endpoint, so that one with a long queue does not hide the others.
   * @param except endpoints that have enough waiting already
   */
  async claimDue(dispatcherId: string, most: number, mostEach: number, except: string[]): Promise<Claim[]> {
    const { rows } = await this.database.query<DueRow>(CLAIM_DUE, [dispatcherId, most, mostEach, except]);
    return rows.map((row) => ({
      deliveryId: row.id,
      webhookId: row.webhook_id,
      webhookVersion: row.version,
      eventType: row.event_type,
      body: row.body,
      attempts: row.attempts,
      roundStart: row.round_start,
    }));
  }

  /** Gives back everything that `dispatcherId` holds. */
  async release(dispatcherId: string): Promise<number> {
    const { rowCount } = await this.database.query(
      `UPDATE deliveries SET claimed_by = NULL WHERE claimed_by = $1`,
      [dispatcherId],
    );
    await this.database.query(`DELETE FROM dispatchers WHERE id = $1`, [dispatcherId]);
    return rowCount ?? 0;
  }

  /** Gives one back, to be tried again in a minute: whatever kept it from being carried through may last. */
  async postpone(dispatcherId: string, deliveryId: string): Promise<void> {
    await this.database.query(
      `UPDATE deliveries SET claimed_by = NULL, next_attempt_at = now() + interval '1 minute'
       WHERE id = $2 AND ${HELD_BY_1}`,
      [dispatcherId, deliveryId],
    );
  }

  async heldBy(dispatcherId: string): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `SELECT id FROM deliveries WHERE claimed_by = $1 LIMIT ${MAX_HELD}`,
      [dispatcherId],
    );
    return rows.map((row) => row.id);
  }

  async giveBack(dispatcherId: string, deliveryIds: string[]): Promise<void> {
    await this.database.query(
      `UPDATE deliveries SET claimed_by = NULL WHERE id = ANY ($2::uuid[]) AND ${HELD_BY_1}`,
      [dispatcherId, deliveryIds],
    );
  }

  /** Its webhook has been deleted. */
  async discard(deliveryId: string): Promise<void> {
    await this.database.query(`DELETE FROM deliveries WHERE id = $1`, [deliveryId]);
  }

  /** Gives back what dispatchers hold that have not been seen lately. */
  async releaseDead(): Promise<number> {
    const { rowCount } = await this.database.query(
      `UPDATE deliveries SET claimed_by = NULL
       WHERE claimed_by IS NOT NULL AND claimed_by NOT IN (
         SELECT id FROM dispatchers WHERE seen_at > now() - make_interval(secs => $1)
       )`,
      [DISPATCHER_DEAD_AFTER_SECONDS],
    );
    await this.database.query(`DELETE FROM dispatchers WHERE seen_at < now() - interval '1 hour'`);
    return rowCount ?? 0;
  }
}
