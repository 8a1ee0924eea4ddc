import { Injectable } from '@nestjs/common';
import { column, Database, idFloor } from '@signalbox/database';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Counted in one statement. */
const STEP_MINUTES = 60;
/** What is stored later than this after it came is not counted: its sender has been told to send it again long before. */
const SETTLED_MS = 30_000;

/**
 * How many events came in within 24 hours. Minutes that are over are counted once and remembered, so that a count costs what has come in
 * since the last one, and not what came in all day.
 */
@Injectable()
export class LastDay {
  private readonly counted = new Map<number, number>();
  private next = 0;

  constructor(private readonly database: Database) {}

  async count(now = Date.now()): Promise<number> {
    const first = Math.floor(now / MINUTE_MS) - DAY_MINUTES;
    const over = Math.floor((now - SETTLED_MS) / MINUTE_MS);
    const last = Math.max(over, Math.floor(now / MINUTE_MS));
    for (const minute of this.counted.keys()) if (minute < first) this.counted.delete(minute);
    this.next = Math.max(this.next, first);
    while (this.next < over) {
      const end = Math.min(this.next + STEP_MINUTES, over);
      for (const [minute, events] of await this.between(this.next, end)) this.counted.set(minute, events);
      this.next = end;
    }
    const open = await this.between(this.next, last + 1);
    return [...this.counted.values(), ...open.values()].reduce((sum, events) => sum + events, 0);
  }

  /** By the minute of their ids, which the index of the ids tells alone. */
  private async between(from: number, to: number): Promise<Map<number, number>> {
    const minutes = Array.from({ length: to - from }, (_, i) => from + i);
    const { rows } = await this.database.query<{ minute: string; events: string }>(
      `SELECT minute, (SELECT count(*) FROM inbound_events WHERE id >= low AND id < high) AS events
       FROM unnest($1::bigint[], $2::uuid[], $3::uuid[]) AS m(minute, low, high)`,
      [
        column(minutes),
        column(minutes.map((minute) => floorOf(minute))),
        column(minutes.map((minute) => floorOf(minute + 1))),
      ],
    );
    return new Map(rows.map(({ minute, events }) => [Number(minute), Number(events)]));
  }
}

const floorOf = (minute: number): string => idFloor(new Date(minute * MINUTE_MS));
