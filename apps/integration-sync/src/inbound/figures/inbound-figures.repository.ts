import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';

/** Counted, every few seconds; beyond that it matters that there are many, and not how many. */
const MOST_PENDING = 100_000;

export interface InboundFigures {
  readonly endpoints: number;
  readonly activeEndpoints: number;
  /** `MOST_PENDING` at most. */
  readonly pending: number;
  /** Events that ended in that state. */
  readonly processed: number;
  readonly ended: number;
}

@Injectable()
export class InboundFiguresRepository {
  constructor(private readonly database: Database) {}

  async count(): Promise<InboundFigures> {
    const { rows } = await this.database.query<Record<keyof InboundFigures, string>>(
      `SELECT
         (SELECT count(*) FROM inbound_endpoints) AS endpoints,
         (SELECT count(*) FROM inbound_endpoints WHERE is_active) AS "activeEndpoints",
         (SELECT count(*) FROM (SELECT FROM inbound_events WHERE status = 'pending' LIMIT $1) p) AS pending,
         (SELECT coalesce(sum(events), 0) FROM inbound_totals WHERE status = 'processed') AS processed,
         (SELECT coalesce(sum(events), 0) FROM inbound_totals) AS ended`,
      [MOST_PENDING],
    );
    const [row] = rows;
    return {
      endpoints: Number(row?.endpoints),
      activeEndpoints: Number(row?.activeEndpoints),
      pending: Number(row?.pending),
      processed: Number(row?.processed),
      ended: Number(row?.ended),
    };
  }
}
