import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';

export interface ExpiringKey {
  readonly id: string;
  readonly name: string;
  readonly keyPrefix: string;
  readonly projectIds: readonly string[] | null;
  readonly expiresAt: Date;
  readonly eventId: string;
}

@Injectable()
export class ExpiringKeysRepository {
  constructor(private readonly database: Database) {}

  /** Keys that expire within so many days and were not told of, each with the id of the event that is to tell of it. */
  async due(days: number, limit: number): Promise<ExpiringKey[]> {
    const { rows } = await this.database.query<ExpiringKey>(
      `WITH due AS (
         SELECT id FROM api_keys
          WHERE expires_at > now() AND expires_at <= now() + $1 * interval '1 day'
            AND NOT expiring_told AND is_active AND revoked_at IS NULL
          ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       UPDATE api_keys k SET expiring_event_id = coalesce(k.expiring_event_id, uuidv7())
         FROM due WHERE k.id = due.id
       RETURNING k.id, k.name, k.key_prefix AS "keyPrefix", k.project_ids AS "projectIds",
                 k.expires_at AS "expiresAt", k.expiring_event_id AS "eventId"`,
      [days, limit],
    );
    return rows;
  }

  /** Not where the key was given another expiry meanwhile. */
  async told({ id, eventId }: ExpiringKey): Promise<void> {
    await this.database.query(
      'UPDATE api_keys SET expiring_told = true WHERE id = $1 AND expiring_event_id = $2',
      [id, eventId],
    );
  }
}
