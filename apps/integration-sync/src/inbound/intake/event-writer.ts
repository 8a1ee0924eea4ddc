import { Injectable } from '@nestjs/common';
import { DomainError } from '@signalbox/contracts';
import { Batcher, column, Database, newId } from '@signalbox/database';
import { type Claim, CLAIM_SECONDS, weightOf } from '../processing/claims.repository';
import { AT_ONCE } from '../processing/forwarder';
import { Processor } from '../processing/processor';

const MAX_BATCH = 256;
const ENOUGH = 32;
/** Seconds of work; what does not fit is sent again by its provider. */
const MAX_WAITING = 5_000;
/** Bytes of bodies, of what waits: a small part of what the process may have, since each is there in several forms. */
const MAX_SIZE = 64 * 1024 * 1024;

export interface NewInboundEvent {
  readonly id: string;
  readonly endpointId: string;
  readonly deliveryId: string | null;
  readonly provider: string;
  readonly eventType: string;
  readonly event: string;
  readonly action: string | null;
  readonly parts: number;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Why nothing is to be done about it; null where something is. */
  readonly ignored: string | null;
  readonly receivedAt: string;
  /** When whoever sent it stops waiting: from then on it is not to be stored any more. Unix time in milliseconds. */
  readonly deadline: number;
}

/** Whether it was stored, and as what: a delivery that came before is the one that came first. */
export interface StoredEvent {
  readonly id: string;
  readonly duplicate: boolean;
  /** By which whoever stored it may process it; null where others will. */
  readonly claim: Claim | null;
}

interface Row {
  id: string;
  stored: boolean;
  first: string | null;
}

const DIVISION_BY_ZERO = '22012';

/**
 * All of a batch in one statement; the bodies as they are, one behind the other. What was delivered before is left alone, and found.
 * What is to be processed is claimed in the same breath, where it has a claim. Lateral, because a plan that joins reads everything the
 * endpoint ever received.
 *
 * Nothing is stored whose time is up before its turn comes, for instance because a lock was waited for, and nothing of a batch that ends
 * when the time of all of it is up: then the division fails. Times are counted from when the server got the statement, since its clock is
 * another one.
 */
const STORE = {
  name: 'store-inbound-events',
  text: `
  WITH input AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[],
      $9::text[], $10::text[], $11::json[], $12::integer[], $13::integer[], $14::text[], $15::timestamptz[], $16::uuid[],
      $17::double precision[])
      AS i(id, endpoint_id, delivery_id, provider, event_type, event, action, parts, method, url, headers, starts, size,
        ignored, received_at, claim, seconds_left)
  ), stored AS (
    INSERT INTO inbound_events (id, endpoint_id, delivery_id, provider, event_type, event, action, parts, method, url,
      headers, body, status, reason, claimed_by, attempts, next_attempt_at, received_at, processed_at)
    SELECT id, endpoint_id, delivery_id, provider, event_type, event, action, parts, method, url, headers,
      substring($18::bytea FROM starts FOR size), CASE WHEN ignored IS NULL THEN 'pending' ELSE 'ignored' END, ignored,
      claim, CASE WHEN claim IS NULL THEN 0 ELSE 1 END,
      CASE WHEN claim IS NOT NULL THEN now() + make_interval(secs => $19) WHEN ignored IS NULL THEN received_at END,
      received_at, CASE WHEN ignored IS NOT NULL THEN received_at END
    FROM input WHERE clock_timestamp() < now() + make_interval(secs => seconds_left)
    ON CONFLICT (endpoint_id, delivery_id) WHERE delivery_id IS NOT NULL DO NOTHING
    RETURNING id, status
  ), counted AS (
    INSERT INTO inbound_totals AS t (status, events)
    SELECT status, count(*) FROM stored WHERE status = 'ignored' GROUP BY status
    ON CONFLICT (status) DO UPDATE SET events = t.events + excluded.events
  )
  SELECT i.id, e.id AS first,
    (s.id IS NOT NULL)::integer / (clock_timestamp() < now() + make_interval(secs => $20))::integer = 1 AS stored
  FROM input i LEFT JOIN stored s ON s.id = i.id
  LEFT JOIN LATERAL (
    SELECT id FROM inbound_events
    WHERE s.id IS NULL AND endpoint_id = i.endpoint_id AND delivery_id = i.delivery_id LIMIT 1
  ) e ON true`,
};

/** Stores what came in, in batches. What is answered is on disk. */
@Injectable()
export class EventWriter {
  private readonly batcher: Batcher<NewInboundEvent, StoredEvent>;
  private size = 0;

  constructor(
    private readonly database: Database,
    private readonly processor: Processor,
  ) {
    this.batcher = new Batcher((batch) => this.write(batch), {
      maxBatch: MAX_BATCH,
      enough: ENOUGH,
      maxWriting: 2,
      maxWaiting: MAX_WAITING,
      gatherMs: 0,
    });
  }

  /** @returns `LATE` where it is not stored @throws DomainError `SERVICE_UNAVAILABLE` when too many wait, `DATABASE_UNAVAILABLE` */
  async add(event: NewInboundEvent): Promise<StoredEvent> {
    if (this.batcher.full || this.size + event.body.length > MAX_SIZE) {
      throw new DomainError({ code: 'SERVICE_UNAVAILABLE', retryAfter: 5 });
    }
    this.size += event.body.length;
    try {
      return await this.batcher.add(event);
    } finally {
      this.size -= event.body.length;
    }
  }

  idle(): Promise<void> {
    return this.batcher.idle();
  }

  private async write(batch: NewInboundEvent[]): Promise<StoredEvent[]> {
    const now = Date.now();
    const inTime = batch.filter(({ deadline }) => deadline > now);
    // Of what came twice at once the first counts. In one order everywhere, so that no two wait for each other.
    const unique = new Map<string, NewInboundEvent>();
    for (const event of inTime) if (!unique.has(keyOf(event))) unique.set(keyOf(event), event);
    const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
    const results = sorted.length === 0 ? new Map<string, StoredEvent>() : await this.storeAll(sorted);
    return batch.map((event) => {
      const first = unique.get(keyOf(event));
      const stored = first && results.get(first.id);
      if (stored === undefined) return LATE;
      return first === event ? stored : { ...stored, duplicate: true };
    });
  }

  /** One that the database refuses must not keep the others from being stored. */
  private async storeAll(events: readonly NewInboundEvent[]): Promise<Map<string, StoredEvent>> {
    try {
      return await this.store(events);
    } catch (error) {
      const away = error instanceof DomainError && error.code === 'DATABASE_UNAVAILABLE';
      if (away || events.length === 1) throw error;
      const each = await Promise.allSettled(events.map((event) => this.store([event])));
      return new Map(each.flatMap((one) => (one.status === 'fulfilled' ? [...one.value] : [])));
    }
  }

  private async store(events: readonly NewInboundEvent[]): Promise<Map<string, StoredEvent>> {
    const claim: Claim = { id: newId(), at: performance.now() };
    const claimed = this.fitting(events);
    const rows = await this.run(events, (id) => (claimed.has(id) ? claim.id : null));
    const results = new Map<string, StoredEvent>();
    for (const { id, stored, first } of rows) {
      const found = stored ? id : (first ?? (await this.firstOf(events.find((event) => event.id === id))));
      if (found !== undefined)
        results.set(id, { id: found, duplicate: !stored, claim: claimed.has(id) ? claim : null });
    }
    return results;
  }

  /** Nothing of those whose time is up by the time there is a connection. */
  private async run(
    events: readonly NewInboundEvent[],
    claimOf: (id: string) => string | null,
  ): Promise<Row[]> {
    try {
      return await this.database.queryConnected<Row>(STORE, () => {
        const now = Date.now();
        const inTime = events.filter(({ deadline }) => deadline > now);
        if (inTime.length === 0) return undefined;
        const secondsLeft = inTime.map(({ deadline }) => (deadline - now) / 1000);
        const claims = inTime.map(({ id }) => claimOf(id));
        return [...columns(inTime, claims, secondsLeft), CLAIM_SECONDS, Math.max(...secondsLeft)];
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === DIVISION_BY_ZERO) return [];
      throw error;
    }
  }

  /** Those that this process has room for, to process them next. What tells of very many is left to the sweep, a few at a time. */
  private fitting(events: readonly NewInboundEvent[]): Set<string> {
    const fitting = new Set<string>();
    const { room } = this.processor;
    let { weight } = room;
    for (const { id, body, parts, ignored } of events) {
      const own = weightOf(body.length, parts);
      if (ignored !== null || parts > AT_ONCE || fitting.size >= room.events || own > weight) continue;
      weight -= own;
      fitting.add(id);
    }
    return fitting;
  }

  /** Stored by somebody else while the statement ran, who was not to be seen from there; undefined also where its time was up. */
  private async firstOf(event: NewInboundEvent | undefined): Promise<string | undefined> {
    if (event === undefined || event.deadline <= Date.now()) return undefined;
    const { rows } = await this.database.query<{ id: string }>(
      'SELECT id FROM inbound_events WHERE endpoint_id = $1 AND delivery_id = $2',
      [event.endpointId, event.deliveryId],
    );
    return rows[0]?.id;
  }
}

/** Stands for what was not stored: its turn came too late, the database refused it, or what was there first has just been removed. */
export const LATE: StoredEvent = { id: '', duplicate: false, claim: null };

function keyOf({ id, endpointId, deliveryId }: NewInboundEvent): string {
  return deliveryId === null ? id : `${endpointId} ${deliveryId}`;
}

/** In the order in which the statement names them. */
function columns(
  events: readonly NewInboundEvent[],
  claims: readonly (string | null)[],
  secondsLeft: readonly number[],
): (string | Buffer)[] {
  let end = 1;
  const starts = events.map(({ body }) => {
    end += body.length;
    return end - body.length;
  });
  return [
    column(events.map((event) => event.id)),
    column(events.map((event) => event.endpointId)),
    column(events.map((event) => event.deliveryId)),
    column(events.map((event) => event.provider)),
    column(events.map((event) => event.eventType)),
    column(events.map((event) => event.event)),
    column(events.map((event) => event.action)),
    column(events.map((event) => event.parts)),
    column(events.map((event) => event.method)),
    column(events.map((event) => event.url)),
    column(events.map((event) => JSON.stringify(event.headers))),
    column(starts),
    column(events.map((event) => event.body.length)),
    column(events.map((event) => event.ignored)),
    column(events.map((event) => event.receivedAt)),
    column(claims),
    column(secondsLeft),
    Buffer.concat(events.map((event) => event.body)),
  ];
}
