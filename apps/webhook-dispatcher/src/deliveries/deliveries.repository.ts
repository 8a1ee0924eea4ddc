import { Injectable } from '@nestjs/common';
import { AuditOutbox } from '@signalbox/audit';
import type { AttemptView, DeliveryStatus, DeliveryView } from '@signalbox/contracts';
import { Database, newId } from '@signalbox/database';
import type { Claim } from '../engine/claim';

interface DeliveryRow {
  id: string;
  event_id: string;
  event_type: string;
  status: DeliveryStatus;
  attempts: number;
  status_code: number | null;
  duration_ms: number | null;
  error: string | null;
  next_attempt_at: Date | null;
  created_at: Date;
}

interface AttemptRow {
  delivery_id: string;
  id: string;
  number: number;
  started_at: Date;
  duration_ms: number;
  request_url: string;
  request_headers: Record<string, string>;
  status_code: number | null;
  response_headers: Record<string, string>;
  response_body: string | null;
  response_truncated: boolean;
  error: string | null;
}

export interface DeliveryQuery {
  readonly webhookId: string;
  readonly status?: DeliveryStatus;
  readonly offset: number;
  readonly limit: number;
}

const RETRY_BATCH = 5_000;
/** A delivery retried by hand for years still answers in one page. */
const MAX_ATTEMPTS_SHOWN = 100;

@Injectable()
export class DeliveriesRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditOutbox,
  ) {}

  /** Newest first. May lag: it is read from a replica where there is one. */
  async page(query: DeliveryQuery): Promise<{ items: DeliveryView[]; total: number }> {
    const where = `webhook_id = $1 AND ($2::text IS NULL OR status = $2)`;
    const values = [query.webhookId, query.status ?? null];
    const [rows, count] = await Promise.all([
      this.database.lagging.query<DeliveryRow>(
        `SELECT id, event_id, event_type, status, attempts, status_code, duration_ms, error, next_attempt_at, created_at
         FROM deliveries WHERE ${where} ORDER BY id DESC OFFSET $3 LIMIT $4`,
        [...values, query.offset, query.limit],
      ),
      this.database.lagging.query<{ total: string }>(
        `SELECT count(*) AS total FROM deliveries WHERE ${where}`,
        values,
      ),
    ]);
    return { items: rows.rows.map(view), total: Number(count.rows[0]?.total ?? 0) };
  }

  /** Attempts of each delivery, oldest first. */
  async attemptsOf(deliveryIds: readonly string[]): Promise<Map<string, AttemptView[]>> {
    const { rows } = await this.database.lagging.query<AttemptRow>(
      `SELECT a.* FROM unnest($1::uuid[]) AS d(id) CROSS JOIN LATERAL (
         SELECT * FROM attempts WHERE delivery_id = d.id ORDER BY id DESC LIMIT ${MAX_ATTEMPTS_SHOWN}
       ) a ORDER BY a.id`,
      [deliveryIds],
    );
    const attempts = new Map<string, AttemptView[]>(deliveryIds.map((id) => [id, []]));
    for (const row of rows) {
      const { delivery_id: deliveryId, started_at: startedAt, ...rest } = row;
      attempts.get(deliveryId)?.push({ ...rest, started_at: startedAt.toISOString() });
    }
    return attempts;
  }

  /** Makes one due now, whatever became of it, with a new round of retries. Answers false when the webhook has no such delivery. */
  async retryOne(webhookId: string, deliveryId: string): Promise<boolean> {
    const chosen = 'id = $2 AND webhook_id = $1';
    const begun = await this.begin(webhookId, chosen, [deliveryId], () => ({ delivery_id: deliveryId }));
    return begun === 1;
  }

  /** Makes every exhausted delivery due now, but tests. Answers how many. */
  async retryExhausted(webhookId: string): Promise<number> {
    const chosen = `webhook_id = $1 AND status = 'failed' AND NOT is_test`;
    let retried = 0;
    for (;;) {
      const begun = await this.begin(webhookId, chosen, [], (count) => ({ retried: count }));
      retried += begun;
      if (begun < RETRY_BATCH) return retried;
    }
  }

  /**
   * Begins another round of some deliveries of the webhook `$1`. How they ended is taken off its counters, which their new end is
   * added to: each counts once.
   * @param noted what the audit log says was done
   */
  private begin(
    webhookId: string,
    chosen: string,
    values: readonly unknown[],
    noted: (begun: number) => Record<string, unknown>,
  ): Promise<number> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ begun: number }>(
        `WITH before AS (
           SELECT id, status FROM deliveries WHERE ${chosen} ORDER BY id LIMIT ${RETRY_BATCH} FOR UPDATE
         ), begun AS (
           UPDATE deliveries d SET status = 'pending', next_attempt_at = now(), round_start = d.attempts
           FROM before b WHERE d.id = b.id RETURNING b.status
         ), uncounted AS (
           UPDATE webhook_stats SET
             success_count = greatest(0, success_count - (SELECT count(*) FROM begun WHERE status = 'success')),
             failure_count = greatest(0, failure_count - (SELECT count(*) FROM begun WHERE status = 'failed'))
           WHERE webhook_id = $1
         )
         SELECT count(*)::integer AS begun FROM begun`,
        [webhookId, ...values],
      );
      const begun = rows[0]?.begun ?? 0;
      if (begun > 0) {
        await this.audit.note(client, {
          action: 'webhooks.retry',
          resourceId: webhookId,
          before: null,
          after: noted(begun),
        });
      }
      return begun;
    });
  }

  /** A test: a delivery of its own event to one webhook, held by `dispatcherId`: nobody else will send it. */
  async insertTest(
    webhook: { id: string; projectId: string | null; version: number },
    event: { id: string; type: string; body: string; createdBy: string },
    dispatcherId: string,
  ): Promise<Claim> {
    const deliveryId = newId();
    await this.database.transaction(async (client) => {
      await client.query(
        `WITH event AS (
         INSERT INTO events (id, type, project_id, body, created_by, deliveries) VALUES ($1, $2, $3, $4, $5, 1)
       )
       INSERT INTO deliveries (id, webhook_id, event_id, event_type, status, next_attempt_at, claimed_by, is_test)
       VALUES ($6, $7, $1, $2, 'pending', now(), $8, true)`,
        [
          event.id,
          event.type,
          webhook.projectId,
          event.body,
          event.createdBy,
          deliveryId,
          webhook.id,
          dispatcherId,
        ],
      );
      await this.audit.note(client, {
        action: 'webhooks.test',
        resourceId: webhook.id,
        before: null,
        after: { delivery_id: deliveryId, event_type: event.type },
      });
    });
    return {
      deliveryId,
      webhookId: webhook.id,
      webhookVersion: webhook.version,
      eventType: event.type,
      body: event.body,
      attempts: 0,
      roundStart: 0,
    };
  }
}

function view(row: DeliveryRow): DeliveryView {
  return {
    id: row.id,
    event_id: row.event_id,
    event_type: row.event_type,
    status: row.status,
    attempts: row.attempts,
    status_code: row.status_code,
    duration_ms: row.duration_ms,
    error: row.error,
    next_attempt_at: row.status === 'pending' ? (row.next_attempt_at?.toISOString() ?? null) : null,
    created_at: row.created_at.toISOString(),
  };
}
