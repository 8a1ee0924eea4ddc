import { Injectable } from '@nestjs/common';
import type { AlertState } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { AlertEntity } from './alert.entity';
import { ruleOf } from './alert-rule';

/** Longer than any evaluation takes: so long nobody else evaluates the rule. */
const CLAIM_SECONDS = 60;
/** Until what happened in a minute is part of its sums: gateways gather for half a second, sums are made every two. */
const SETTLED_SECONDS = 10;
const MINUTE_SECONDS = 60;

export interface DueAlert extends Pick<
  AlertEntity,
  | 'id'
  | 'name'
  | 'metric'
  | 'operator'
  | 'threshold'
  | 'windowMinutes'
  | 'percentile'
  | 'filter'
  | 'state'
  | 'dueAt'
> {
  /** End of the newest minute whose sums can be complete. */
  readonly until: Date;
}

/** Who evaluates what, and what came of it. All times are the database's. */
@Injectable()
export class DueAlertsRepository {
  constructor(private readonly database: Database) {}

  /** The rule that has waited longest, which is this caller's for a while; undefined where none is due. */
  async claim(): Promise<DueAlert | undefined> {
    // Times are stored rounded to the millisecond, so that `now` may be stored as just after it.
    const { rows } = await this.database.query<DueAlert>(
      `UPDATE alerts SET due_at = now() + $1 * interval '1 second'
        WHERE id = (SELECT id FROM alerts WHERE is_active AND due_at < now() + interval '1 millisecond' ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, name, metric, operator, threshold, window_minutes AS "windowMinutes", percentile, filter, state,
          due_at AS "dueAt", date_trunc('minute', now() - $2 * interval '1 second', 'UTC') AS until`,
      [CLAIM_SECONDS, SETTLED_SECONDS],
    );
    return rows[0];
  }

  /**
   * Stores what a claimed rule came to and, in the same statement, that its state changed, where it did. Nothing, where the
   * rule was changed meanwhile or is somebody else's by now.
   * @returns whether the state changed
   */
  async settle(alert: DueAlert, state: AlertState, value: number | null): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `WITH before AS (
         SELECT id, state, since FROM alerts WHERE id = $1 AND due_at = $2 AND is_active FOR UPDATE
       ), settled AS (
         UPDATE alerts a SET
           state = $3, last_value = $4, last_evaluated_at = now(), due_at = $5::timestamptz + $6 * interval '1 second',
           since = CASE WHEN before.state = $3 AND before.since IS NOT NULL THEN before.since ELSE now() END
          FROM before WHERE a.id = before.id
         RETURNING a.id, a.since, before.state AS state_before, before.since AS since_before
       )
       INSERT INTO alert_changes (alert_id, state, reason, value, rule, firing_since)
       SELECT id, $3, 'evaluated', $4, $7, CASE WHEN $3 = 'firing' THEN since ELSE since_before END
         FROM settled WHERE state_before <> $3`,
      [
        alert.id,
        alert.dueAt,
        state,
        value,
        alert.until,
        MINUTE_SECONDS + SETTLED_SECONDS,
        JSON.stringify(ruleOf(alert)),
      ],
    );
    return rowCount === 1;
  }

  /** For a rule that could not be evaluated: its state stays what it is. */
  async postpone({ id, dueAt }: DueAlert, seconds: number): Promise<void> {
    await this.database.query(
      `UPDATE alerts SET due_at = now() + $3 * interval '1 second' WHERE id = $1 AND due_at = $2`,
      [id, dueAt, seconds],
    );
  }

  async firing(): Promise<number> {
    const { rows } = await this.database.query<{ firing: number }>(
      `SELECT count(*)::integer AS firing FROM alerts WHERE state = 'firing'`,
    );
    return rows[0]?.firing ?? 0;
  }
}
