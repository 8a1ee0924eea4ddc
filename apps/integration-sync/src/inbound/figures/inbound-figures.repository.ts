import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';

export interface InboundFigures {
  readonly endpoints: number;
  readonly activeEndpoints: number;
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
         (SELECT count(*) FROM inbound_events WHERE status = 'pending') AS pending,
         (SELECT coalesce(sum(events), 0) FROM inbound_totals WHERE status = 'processed') AS processed,
         (SELECT coalesce(sum(events), 0) FROM inbound_totals) AS ended`,
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
