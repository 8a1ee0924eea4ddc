import { Injectable } from '@nestjs/common';
import type { Statements } from '@signalbox/audit';
import { Database, newId } from '@signalbox/database';

/** What the hub itself tells about something of a project. */
export interface PlatformEvent {
  readonly type: string;
  /** Null for what is outside every project. */
  readonly projectId: string | null;
  /** Holds no secrets. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** With the id under which it is published, however often that is tried. */
export interface OutgoingEvent extends PlatformEvent {
  readonly id: string;
}

/** Events that this service has to publish, until they are. */
@Injectable()
export class EventOutbox {
  constructor(private readonly database: Database) {}

  /**
   * To be published once what it tells of is so: both are there, or neither.
   * @param statements of the transaction that makes it so
   */
  async note(statements: Statements, { type, projectId, data }: PlatformEvent): Promise<void> {
    await statements.query(
      'INSERT INTO event_outbox (id, event_type, project_id, data) VALUES ($1, $2, $3, $4)',
      [newId(), type, projectId, JSON.stringify(data)],
    );
  }

  async oldest(most: number): Promise<OutgoingEvent[]> {
    const { rows } = await this.database.query<{
      id: string;
      event_type: string;
      project_id: string | null;
      data: PlatformEvent['data'];
    }>('SELECT id, event_type, project_id, data FROM event_outbox ORDER BY id LIMIT $1', [most]);
    return rows.map(({ id, event_type, project_id, data }) => ({
      id,
      type: event_type,
      projectId: project_id,
      data,
    }));
  }

  async remove(id: string): Promise<void> {
    await this.database.query('DELETE FROM event_outbox WHERE id = $1', [id]);
  }
}
