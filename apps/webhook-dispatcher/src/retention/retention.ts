import { Inject, Injectable } from '@nestjs/common';
import { Database, idFloor } from '@signalbox/database';
import { counter } from '@signalbox/observability';
import type { Logger } from 'pino';

const BATCH = 2_000;
const MAX_BATCHES = 500;
const DAY_MS = 86_400_000;
/** Nobody asks for counts of more than the last day. */
const COUNTS_DAYS = 2;

const purged = counter({
  name: 'signalbox_deliveries_purged_total',
  help: 'Deliveries removed because of their age or because their webhook is gone',
});

/** Steps from one webhook to the next through the index, however many deliveries each has. */
const ORPHANED = `
  WITH RECURSIVE ids AS (
    (SELECT webhook_id FROM deliveries ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook_id FROM deliveries d WHERE d.webhook_id > ids.webhook_id ORDER BY d.webhook_id LIMIT 1)
    FROM ids WHERE ids.webhook_id IS NOT NULL
  )
  SELECT webhook_id FROM ids
  WHERE webhook_id IS NOT NULL AND NOT EXISTS (SELECT FROM webhooks w WHERE w.id = ids.webhook_id)`;

/**
 * Removes what is older than the retention and what belongs to deleted webhooks, a bounded batch at a time. Ids sort by
 * time, so that what is old is at one end of the index. Pending deliveries stay, however old: nothing accepted is dropped
 * unsent.
 */
@Injectable()
export class Retention {
  constructor(
    private readonly database: Database,
    @Inject('RETENTION_DAYS') private readonly days: number,
    @Inject('LOG') private readonly log: Logger,
  ) {}

  async run(now: number = Date.now()): Promise<void> {
    const floor = idFloor(new Date(now - this.days * DAY_MS));
    const { rows } = await this.database.query<{ webhook_id: string }>(ORPHANED);
    const orphaned = rows.map((row) => row.webhook_id);
    const orphans = await inBatches(() => this.purge(`webhook_id = ANY ($1::uuid[])`, orphaned));
    const old = await inBatches(() => this.purge(`id < $1 AND status <> 'pending'`, floor));
    const events = await inBatches(() => this.purgeEvents(floor));
    await inBatches(() => this.purgeCounts(new Date(now - COUNTS_DAYS * DAY_MS)));
    if (orphans + old + events > 0) {
      this.log.info({ orphans, old, events }, 'Removed what is past its retention');
    }
  }

  private async purge(condition: string, value: unknown): Promise<number> {
    const { rows } = await this.database.query<{ count: number }>(
      `WITH gone AS (
         DELETE FROM deliveries WHERE id IN (
           SELECT id FROM deliveries WHERE ${condition} ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
         ) RETURNING id
       ), attempts_gone AS (
         DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM gone)
       )
       SELECT count(*)::int AS count FROM gone`,
      [value],
    );
    const count = rows[0]?.count ?? 0;
    purged.inc(count);
    return count;
  }

  private async purgeCounts(before: Date): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM attempt_counts WHERE (minute, webhook_id) IN (
         SELECT minute, webhook_id FROM attempt_counts WHERE minute < $1
         ORDER BY minute, webhook_id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
       )`,
      [before],
    );
    return rowCount ?? 0;
  }

  /** What is left of the old deliveries still waits, and needs its event. */
  private async purgeEvents(floor: string): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM events WHERE id IN (
         SELECT id FROM events
         WHERE id < $1 AND id NOT IN (SELECT event_id FROM deliveries WHERE id < $1)
         ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
       )`,
      [floor],
    );
    return rowCount ?? 0;
  }
}

async function inBatches(batch: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let i = 0; i < MAX_BATCHES; i += 1) {
    const removed = await batch();
    total += removed;
    if (removed < BATCH) break;
  }
  return total;
}
