import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';

@Injectable()
export class KeyLimitsRepository {
  constructor(private readonly database: Database) {}

  /** Requests an hour that the API key is allowed; null where there is none of that id, or none any more. */
  async limitOf(id: string): Promise<number | null> {
    const { rows } = await this.database.query<{ limit: number }>(
      `SELECT rate_limit AS "limit" FROM api_keys WHERE id::text = $1 AND revoked_at IS NULL`,
      [id],
    );
    return rows[0]?.limit ?? null;
  }
}
