import { Injectable } from '@nestjs/common';
import type { AttemptCounts, WebhookSummary } from '@signalbox/contracts';
import { Database, idFloor } from '@signalbox/database';

const DAY_MS = 86_400_000;

@Injectable()
export class SummaryRepository {
  constructor(private readonly database: Database) {}

  /** May lag. @param projects webhooks of these only; null for all */
  async summary(projects: readonly string[] | null): Promise<WebhookSummary> {
    const visible = 'WHERE ($1::text[] IS NULL OR project_id = ANY ($1::text[]))';
    const since = idFloor(new Date(Date.now() - DAY_MS));
    const [webhooks, deliveries] = await Promise.all([
      this.database.lagging.query<Pick<WebhookSummary, 'total' | 'active'>>(
        `SELECT count(*)::integer AS total, (count(*) FILTER (WHERE is_active))::integer AS active
           FROM webhooks ${visible}`,
        [projects],
      ),
      // Ids sort by time.
      this.database.lagging.query<{ all: string; succeeded: string; failed: string }>(
        `SELECT count(*) AS all, count(*) FILTER (WHERE status = 'success') AS succeeded,
                count(*) FILTER (WHERE status = 'failed') AS failed
           FROM deliveries WHERE id >= $1${projects === null ? '' : ` AND webhook_id IN (SELECT id FROM webhooks WHERE project_id = ANY ($2))`}`,
        projects === null ? [since] : [since, projects],
      ),
    ]);
    const { total = 0, active = 0 } = webhooks.rows[0] ?? {};
    const { all = '0', succeeded = '0', failed = '0' } = deliveries.rows[0] ?? {};
    return {
      total,
      active,
      deliveries_24h: Number(all),
      succeeded_24h: Number(succeeded),
      failed_24h: Number(failed),
    };
  }

  /** @param projects webhooks of these only; null for all, also those that are gone by now */
  async attemptCounts(from: Date, to: Date, projects: readonly string[] | null): Promise<AttemptCounts> {
    const { rows } = await this.database.query<{ succeeded: string; failed: string }>(
      `SELECT coalesce(sum(succeeded), 0) AS succeeded, coalesce(sum(failed), 0) AS failed
         FROM attempt_counts WHERE minute >= $1 AND minute < $2${
           projects === null ? '' : ` AND webhook_id IN (SELECT id FROM webhooks WHERE project_id = ANY ($3))`
         }`,
      projects === null ? [from, to] : [from, to, projects],
    );
    return { succeeded: Number(rows[0]?.succeeded ?? 0), failed: Number(rows[0]?.failed ?? 0) };
  }
}
