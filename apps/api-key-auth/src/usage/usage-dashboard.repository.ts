import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';

@Injectable()
export class UsageDashboardRepository {
  constructor(private readonly database: Database) {}

  /** API keys that are not revoked, and of those the ones that work. @param projects only keys inside these; null for all */
  async countKeys(projects: readonly string[] | null): Promise<{ total: number; active: number }> {
    const { rows } = await this.database.lagging.query<{ total: number; active: number }>(
      `SELECT count(*)::integer AS total,
              (count(*) FILTER (WHERE is_active AND (expires_at IS NULL OR expires_at > now())))::integer AS active
         FROM api_keys WHERE revoked_at IS NULL AND ($1::text[] IS NULL OR project_ids <@ $1::text[])`,
      [projects],
    );
    return rows[0] ?? { total: 0, active: 0 };
  }
}
