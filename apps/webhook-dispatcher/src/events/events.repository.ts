import { Injectable } from '@nestjs/common';
import { patternsMatching } from '@signalbox/contracts';
import { column, Database, type Prepared } from '@signalbox/database';
import type { QueryResult, QueryResultRow } from 'pg';
import type { Claim } from '../engine/claim';
import type { Room } from '../engine/engine';

export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly projectId: string | null;
  /** Projects whose webhooks it may go to; null for all. Webhooks outside every project always match. */
  readonly audience: readonly string[] | null;
  readonly body: string;
  readonly createdBy: string;
}

export interface Stored {
  readonly deliveries: number;
  /** Those that were stored as claimed by this dispatcher. */
  readonly claims: readonly Claim[];
}

/** Without a matching webhook everything but `event_id` is null. */
interface Row {
  event_id: string;
  id: string | null;
  webhook_id: string;
  version: number;
  mine: boolean;
}

/** The database itself, or a transaction of it. */
interface Queryable {
  query<R extends QueryResultRow>(statement: Prepared, values: unknown[]): Promise<QueryResult<R>>;
}

/** Events, the deliveries that match them, and who sends those, in one statement. An id that is there already is left alone. */
const STORE = {
  name: 'store-events',
  text: `
  WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
      AS i(id, type, project_id, body, created_by, patterns, audience)
  ), matched AS (
    SELECT uuidv7() AS id, i.id AS event_id, i.type, w.id AS webhook_id, w.version,
      ($8::boolean AND w.id <> ALL ($9::uuid[])) AS mine
    FROM input i JOIN webhooks w
      ON w.is_active AND w.events && i.patterns::text[]
      AND (w.project_id IS NULL OR i.audience IS NULL OR i.audience ? w.project_id)
  ), stored AS (
    INSERT INTO events (id, type, project_id, body, created_by, deliveries)
    SELECT id, type, project_id, body, created_by, (SELECT count(*) FROM matched m WHERE m.event_id = input.id)
    FROM input
    ON CONFLICT (id) DO NOTHING
    RETURNING id
  ), created AS (
    INSERT INTO deliveries (id, webhook_id, event_id, event_type, status, next_attempt_at, claimed_by)
    SELECT m.id, m.webhook_id, m.event_id, m.type, 'pending', now(), CASE WHEN m.mine THEN $10::uuid END
    FROM matched m JOIN stored s ON s.id = m.event_id
  )
  SELECT s.id AS event_id, m.id, m.webhook_id, m.version, m.mine FROM stored s LEFT JOIN matched m ON m.event_id = s.id`,
};

@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  /** Answers what became of each event that was not there before, by event id. */
  async store(
    events: readonly NewEvent[],
    room: Room,
    queryable: Queryable = this.database,
  ): Promise<Map<string, Stored>> {
    const { rows } = await queryable.query<Row>(STORE, [
      column(events.map((event) => event.id)),
      column(events.map((event) => event.type)),
      column(events.map((event) => event.projectId)),
      column(events.map((event) => event.body)),
      column(events.map((event) => event.createdBy)),
      column(events.map((event) => `{${patternsMatching(event.type).join(',')}}`)),
      column(events.map((event) => (event.audience === null ? null : JSON.stringify(event.audience)))),
      room.open,
      room.saturated,
      room.dispatcherId,
    ]);
    const byId = new Map(events.map((event) => [event.id, event]));
    const stored = new Map<string, { deliveries: number; claims: Claim[] }>();
    for (const row of rows) {
      const event = byId.get(row.event_id);
      if (event === undefined) continue;
      let entry = stored.get(row.event_id);
      if (entry === undefined) stored.set(row.event_id, (entry = { deliveries: 0, claims: [] }));
      if (row.id === null) continue;
      entry.deliveries += 1;
      if (!row.mine) continue;
      entry.claims.push({
        deliveryId: row.id,
        webhookId: row.webhook_id,
        webhookVersion: row.version,
        eventType: event.type,
        body: event.body,
        attempts: 0,
        roundStart: 0,
      });
    }
    return stored;
  }

  /** How many webhooks an event that was stored before went to. */
  async deliveriesOf(eventId: string): Promise<number> {
    const { rows } = await this.database.query<{ deliveries: number }>(
      `SELECT deliveries FROM events WHERE id = $1`,
      [eventId],
    );
    return rows[0]?.deliveries ?? 0;
  }
}
