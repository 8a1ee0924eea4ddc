import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import type { InboundStatus } from '@signalbox/contracts';
import { Database, idFloor } from '@signalbox/database';
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

const LISTED = [
  'id',
  'endpointId',
  'deliveryId',
  'provider',
  'eventType',
  'event',
  'action',
  'parts',
  'status',
  'reason',
  'attempts',
  'nextAttemptAt',
  'receivedAt',
  'processedAt',
].map((name) => `e.${name}`);

@Injectable()
export class InboundEventsRepository {
  constructor(
    @InjectRepository(InboundEventEntity) private readonly rows: Repository<InboundEventEntity>,
    private readonly database: Database,
    private readonly audit: AuditOutbox,
  ) {}

  /** Newest first. */
  async page(query: EventQuery): Promise<{ items: ListedEvent[]; total: number }> {
    const { endpointId, status, eventType } = query;
    const found = this.rows
      .createQueryBuilder('e')
      .select(LISTED)
      .where('e.endpointId = :endpointId', { endpointId })
      .orderBy('e.id', 'DESC')
      .offset(query.offset)
      .limit(query.limit);
    if (status !== undefined) found.andWhere('e.status = :status', { status });
    if (eventType !== undefined) {
      found.andWhere(`(e.eventType = :eventType OR starts_with(e.eventType, :family))`, {
        eventType,
        family: `${eventType}.`,
      });
    }
    const [items, total] = await found.getManyAndCount();
    return { items, total };
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
