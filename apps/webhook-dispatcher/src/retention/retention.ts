import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';
import { counter } from '@signalbox/observability';
import type { Logger } from 'pino';

const BATCH = 2_000;
const MAX_BATCHES = 500;

const purged = counter({
  name: 'signalbox_deliveries_purged_total',
  help: 'Deliveries removed because of their age or because their webhook is gone',
});

/** Removes what is older than the retention and what belongs to deleted webhooks, a bounded batch at a time. */
@Injectable()
export class Retention {
  constructor(
    private readonly database: Database,
    @Inject('RETENTION_DAYS') private readonly days: number,
    @Inject('LOG') private readonly log: Logger,
  ) {}

  async run(): Promise<void> {
    const orphans = await this.repeat(() =>
      this.purge(`NOT EXISTS (SELECT FROM webhooks w WHERE w.id = d.webhook_id)`, []),
    );
    // Pending ones stay, however old: nothing accepted is dropped unsent.
    const old = await this.repeat(() =>
      this.purge(`d.created_at < now() - make_interval(days => $1) AND d.status <> 'pending'`, [this.days]),
    );
    const events = await this.repeat(() => this.purgeEvents());
    if (orphans + old + events > 0)
      this.log.info({ orphans, old, events }, 'Removed what is past its retention');
  }

  private async repeat(batch: () => Promise<number>): Promise<number> {
    let total = 0;
    for (let i = 0; i < MAX_BATCHES; i += 1) {
      const removed = await batch();
      total += removed;
      if (removed < BATCH) break;
    }
    return total;
  }

  private async purge(condition: string, values: unknown[]): Promise<number> {
    const { rows } = await this.database.query<{ count: number }>(
      `WITH gone AS (
         DELETE FROM deliveries WHERE id IN (
           SELECT d.id FROM deliveries d WHERE ${condition} ORDER BY d.id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
         ) RETURNING id
       ), attempts_gone AS (
         DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM gone)
       )
       SELECT count(*)::int AS count FROM gone`,
      values,
    );
    const count = rows[0]?.count ?? 0;
    purged.inc(count);
    return count;
  }

  /** By the time of its id an event is old; a delivery that still waits keeps it. */
  private async purgeEvents(): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM events WHERE id IN (
         SELECT e.id FROM events e
         WHERE e.created_at < now() - make_interval(days => $1)
           AND NOT EXISTS (SELECT FROM deliveries d WHERE d.event_id = e.id AND d.status = 'pending')
         ORDER BY e.id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
       )`,
      [this.days],
    );
    return rowCount ?? 0;
  }
}
