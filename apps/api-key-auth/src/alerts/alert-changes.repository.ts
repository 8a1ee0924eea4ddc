import { Injectable } from '@nestjs/common';
import type { AlertReason, AlertRule, AlertState, PageRequest } from '@signalbox/contracts';
import { Database } from '@signalbox/database';

/** A change of a rule's state. Its event has its id. */
export interface AlertChange {
  readonly id: string;
  readonly alertId: string;
  readonly state: AlertState;
  readonly reason: AlertReason;
  readonly value: number | null;
  /** As it was. */
  readonly rule: AlertRule;
  readonly firingSince: Date;
  readonly at: Date;
  readonly told: boolean;
}

const COLUMNS = `id, alert_id AS "alertId", state, reason, value, rule, firing_since AS "firingSince", at, told`;

/** What happened to rules, and what of it is still to be published. It outlives the rules. */
@Injectable()
export class AlertChangesRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async page(alertId: string, { page, size }: PageRequest): Promise<{ items: AlertChange[]; total: number }> {
    const [rows, count] = await Promise.all([
      this.database.query<AlertChange>(
        `SELECT ${COLUMNS} FROM alert_changes WHERE alert_id = $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3`,
        [alertId, size, (page - 1) * size],
      ),
      this.database.query<{ total: number }>(
        'SELECT count(*)::integer AS total FROM alert_changes WHERE alert_id = $1',
        [alertId],
      ),
    ]);
    return { items: rows.rows, total: count.rows[0]?.total ?? 0 };
  }

  /** The oldest of each rule: that it fires is published before that it is resolved. */
  async untold(limit: number): Promise<AlertChange[]> {
    const { rows } = await this.database.query<AlertChange>(
      `SELECT DISTINCT ON (alert_id) ${COLUMNS} FROM alert_changes WHERE NOT told
        ORDER BY alert_id, alert_changes.at, id LIMIT $1`,
      [limit],
    );
    return rows;
  }

  async told(id: string): Promise<void> {
    await this.database.query('UPDATE alert_changes SET told = true WHERE id = $1', [id]);
  }

  /** Deletes up to `limit` changes older than `days` and tells how many it found. */
  async deleteOld(days: number, limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM alert_changes WHERE id IN (
         SELECT id FROM alert_changes WHERE at < now() - $1 * interval '1 day' AND told
          ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [days, limit],
    );
    return rowCount ?? 0;
  }
}
