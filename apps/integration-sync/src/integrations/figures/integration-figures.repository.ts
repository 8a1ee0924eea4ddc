import { Injectable } from '@nestjs/common';
import { Database, idFloor } from '@signalbox/database';

const DAY_MS = 24 * 3600 * 1000;

@Injectable()
export class IntegrationFiguresRepository {
  constructor(private readonly database: Database) {}

  async counts(): Promise<{ status: string; type: string; integrations: number }[]> {
    const { rows } = await this.database.query<{ status: string; type: string; integrations: number }>(
      'SELECT status, type, count(*)::integer AS integrations FROM integrations GROUP BY status, type',
    );
    return rows;
  }

  /** @param projects null for all */
  async byProvider(
    projects: readonly string[] | null,
  ): Promise<{ provider: string; total: number; active: number }[]> {
    const { rows } = await this.database.lagging.query<{ provider: string; total: number; active: number }>(
      `SELECT provider, count(*)::integer AS total, (count(*) FILTER (WHERE status = 'ACTIVE'))::integer AS active
         FROM integrations WHERE $1::text[] IS NULL OR project_id = ANY ($1::text[]) GROUP BY provider`,
      [projects],
    );
    return rows;
  }

  async countActive(): Promise<number> {
    const { rows } = await this.database.query<{ active: number }>(
      `SELECT count(*)::integer AS active FROM integrations WHERE status = 'ACTIVE'`,
    );
    return rows[0]?.active ?? 0;
  }

  /** Deletes the oldest activities that are older than so many days, and tells how many. */
  async forgetActivities(days: number, limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM integration_activities WHERE id IN
         (SELECT id FROM integration_activities WHERE id < $1 ORDER BY id LIMIT $2)`,
      [idFloor(new Date(Date.now() - days * DAY_MS)), limit],
    );
    return rowCount ?? 0;
  }
}
