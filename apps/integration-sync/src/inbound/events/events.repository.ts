import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import { DomainError, type InboundStatus } from '@signalbox/contracts';
import { Database, idFloor } from '@signalbox/database';
import { CallScope } from '@signalbox/observability';
import pLimit from 'p-limit';
import { Repository } from 'typeorm';
import { InboundEventEntity } from './inbound-event.entity';

export interface EventQuery {
  readonly endpointId: string;
  readonly status?: InboundStatus;
  readonly eventType?: string;
  readonly offset: number;
  readonly limit: number;
}

/** Without what was received. */
export type ListedEvent = Omit<InboundEventEntity, 'body' | 'headers' | 'url' | 'method'>;

const LISTED = `id, endpoint_id AS "endpointId", delivery_id AS "deliveryId", provider, event_type AS "eventType", event, action,
  parts, status, reason, attempts, next_attempt_at AS "nextAttemptAt", received_at AS "receivedAt", processed_at AS "processedAt"`;

const CHOSEN = `endpoint_id = $1 AND ($2::text IS NULL OR status = $2)
  AND ($3::text IS NULL OR event_type = $3 OR starts_with(event_type, $3 || '.'))`;

/** Beyond that it matters that there are many, and not how many. */
const MOST_COUNTED = 100_000;
/** Lists that are read at once. What they look through has no end, and the connections are those that deliveries are stored with. */
const READ_AT_ONCE = 2;
const WAITING = 16;
/** Of a list. */
const READ_WITHIN_MS = 3_000;

@Injectable()
export class InboundEventsRepository {
  private readonly reading = pLimit(READ_AT_ONCE);

  constructor(
    @InjectRepository(InboundEventEntity) private readonly rows: Repository<InboundEventEntity>,
    private readonly database: Database,
    private readonly audit: AuditOutbox,
  ) {}

  /**
   * Newest first; a total of `MOST_COUNTED` stands for as many or more. May lag.
   * @throws DomainError `SERVICE_UNAVAILABLE` where too many wait already, `DATABASE_UNAVAILABLE` where it takes too long,
   *   `DEADLINE_EXCEEDED` where the caller has gone meanwhile
   */
  async page(query: EventQuery): Promise<{ items: ListedEvent[]; total: number }> {
    if (this.reading.pendingCount >= WAITING)
      throw new DomainError({ code: 'SERVICE_UNAVAILABLE', retryAfter: 2 });
    const deadline = CallScope.current()?.deadline ?? Infinity;
    return this.reading(() => {
      if (Date.now() >= deadline) throw new DomainError({ code: 'DEADLINE_EXCEEDED' });
      return this.read(query);
    });
  }

  find(endpointId: string, id: string): Promise<InboundEventEntity | null> {
    return this.rows.findOneBy({ endpointId, id });
  }

  /**
   * Makes what has ended pending again, the newest first.
   * @param id one of them; null for those that failed
   */
  async replay(endpointId: string, id: string | null, most: number): Promise<number> {
    return await this.database.transaction(async (client) => {
      const { rows } = await client.query<{ replayed: number }>(
        `WITH chosen AS (
           SELECT id, status FROM inbound_events
           WHERE endpoint_id = $1 AND CASE WHEN $2::uuid IS NULL THEN status = 'failed' ELSE id = $2 AND status <> 'pending' END
           ORDER BY id DESC LIMIT $3 FOR UPDATE
         ), changed AS (
           UPDATE inbound_events e SET status = 'pending', reason = NULL, attempts = 0, replays = e.replays + 1,
             claimed_by = NULL, next_attempt_at = now(), processed_at = NULL
           FROM chosen c WHERE e.id = c.id
         ), counted AS (
           UPDATE inbound_totals t SET events = t.events - c.events
           FROM (SELECT status, count(*) AS events FROM chosen GROUP BY status) c WHERE t.status = c.status
         )
         SELECT count(*)::integer AS replayed FROM chosen`,
        [endpointId, id, most],
      );
      const replayed = rows[0]?.replayed ?? 0;
      if (replayed > 0) {
        await this.audit.note(client, {
          action: 'inbound-events.replay',
          resourceId: id ?? endpointId,
          before: null,
          after: { endpoint_id: endpointId, replayed },
        });
      }
      return replayed;
    });
  }

  /** Deletes the oldest that have ended, from before then, and those whose endpoint is gone; tells how many. */
  async forget(before: Date, most: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM inbound_events WHERE id IN (
         SELECT id FROM inbound_events WHERE id < $1 AND status <> 'pending' ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
       )`,
      [idFloor(before), most],
    );
    return rowCount ?? 0;
  }

  async forgetOrphans(most: number): Promise<number> {
    const { rows } = await this.database.query<{ endpoint_id: string }>(ORPHANED);
    if (rows.length === 0) return 0;
    const { rowCount } = await this.database.query(
      `DELETE FROM inbound_events WHERE id IN (
         SELECT id FROM inbound_events WHERE endpoint_id = ANY ($1::uuid[]) ORDER BY endpoint_id, id LIMIT $2
         FOR UPDATE SKIP LOCKED
       )`,
      [rows.map((row) => row.endpoint_id), most],
    );
    return rowCount ?? 0;
  }

  /** In one statement, so that both tell of the same moment. */
  private async read({ endpointId, status, eventType, offset, limit }: EventQuery) {
    const { rows } = await this.database
      .laggingWithin(READ_WITHIN_MS)
      .query<{ total: number } & (ListedEvent | { id: null })>(
        `SELECT counted.total, listed.*
         FROM (SELECT count(*)::integer AS total
               FROM (SELECT FROM inbound_events WHERE ${CHOSEN} LIMIT ${MOST_COUNTED}) each) counted
         LEFT JOIN (SELECT ${LISTED} FROM inbound_events WHERE ${CHOSEN} ORDER BY id DESC OFFSET $4 LIMIT $5) listed ON true
         ORDER BY listed.id DESC`,
        [endpointId, status ?? null, eventType ?? null, offset, limit],
      );
    const items = rows.flatMap(({ total: _all, ...event }) => (event.id === null ? [] : [event]));
    return { items, total: rows[0]?.total ?? 0 };
  }
}

/** Steps from one endpoint to the next through the index, however many events each has. */
const ORPHANED = `
  WITH RECURSIVE ids AS (
    (SELECT endpoint_id FROM inbound_events ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.endpoint_id FROM inbound_events e WHERE e.endpoint_id > ids.endpoint_id ORDER BY e.endpoint_id LIMIT 1)
    FROM ids WHERE ids.endpoint_id IS NOT NULL
  )
  SELECT endpoint_id FROM ids
  WHERE endpoint_id IS NOT NULL AND NOT EXISTS (SELECT FROM inbound_endpoints p WHERE p.id = ids.endpoint_id)`;
