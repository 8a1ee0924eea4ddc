import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import type { AuditFields } from '@signalbox/contracts';
import { Database, type Prepared } from '@signalbox/database';
import { SecretBox } from '@signalbox/security';
import { Repository } from 'typeorm';
import { openHeaders } from './sealing';
import { WebhookEntity } from './webhook.entity';

export interface WebhookStats {
  readonly successCount: number;
  readonly failureCount: number;
  readonly lastTriggeredAt: Date | null;
}

export interface Counted {
  readonly webhook: WebhookEntity;
  readonly stats: WebhookStats;
}

export interface WebhookQuery {
  readonly projectId?: string;
  readonly isActive?: boolean;
  /** Null for all. */
  readonly visibleProjects: readonly string[] | null;
  readonly offset: number;
  readonly limit: number;
}

interface StatsRow {
  webhook_id: string;
  success_count: string;
  failure_count: string;
  last_triggered_at: Date | null;
}

/** Both rows of a webhook in one go: it is what is read most. */
type CountedRow = WebhookEntity & { [K in keyof Omit<StatsRow, 'webhook_id'>]: StatsRow[K] | null };

const NO_STATS: WebhookStats = { successCount: 0, failureCount: 0, lastTriggeredAt: null };

@Injectable()
export class WebhooksRepository {
  private readonly counted: Prepared;

  constructor(
    @InjectRepository(WebhookEntity) private readonly rows: Repository<WebhookEntity>,
    private readonly database: Database,
    private readonly audit: AuditOutbox,
    private readonly box: SecretBox,
  ) {
    // By name, since a prepared statement must not change its columns when a migration adds some.
    const columns = rows.metadata.columns.map((c) => `w."${c.databaseName}" AS "${c.propertyName}"`);
    this.counted = {
      name: 'webhook-counted',
      text: `SELECT ${columns.join(', ')}, s.success_count, s.failure_count, s.last_triggered_at
        FROM webhooks w LEFT JOIN webhook_stats s ON s.webhook_id = w.id WHERE w.id = $1`,
    };
  }

  find(id: string): Promise<WebhookEntity | null> {
    return this.rows.findOneBy({ id });
  }

  async findCounted(id: string): Promise<Counted | null> {
    const { rows } = await this.database.query<CountedRow>(this.counted, [id]);
    const [row] = rows;
    if (row === undefined) return null;
    const { success_count, failure_count, last_triggered_at, ...webhook } = row;
    return {
      webhook,
      stats: {
        successCount: Number(success_count),
        failureCount: Number(failure_count),
        lastTriggeredAt: last_triggered_at,
      },
    };
  }

  async page(query: WebhookQuery): Promise<{ items: Counted[]; total: number }> {
    const found = this.rows
      .createQueryBuilder('w')
      .orderBy('w.id', 'DESC')
      .offset(query.offset)
      .limit(query.limit);
    if (query.projectId !== undefined) found.andWhere('w.projectId = :project', { project: query.projectId });
    if (query.isActive !== undefined) found.andWhere('w.isActive = :active', { active: query.isActive });
    if (query.visibleProjects !== null) {
      found.andWhere('w.projectId = ANY (:visible)', { visible: query.visibleProjects });
    }
    const [webhooks, total] = await found.getManyAndCount();
    const stats = await this.stats(webhooks.map((webhook) => webhook.id));
    return {
      items: webhooks.map((webhook) => ({ webhook, stats: stats.get(webhook.id) ?? NO_STATS })),
      total,
    };
  }

  async statsOf(id: string): Promise<WebhookStats> {
    return (await this.stats([id])).get(id) ?? NO_STATS;
  }

  /** Answers false when the id is there already. */
  insert(webhook: WebhookEntity): Promise<boolean> {
    return this.rows.manager.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(WebhookEntity)
        .values(webhook)
        .orIgnore()
        .returning('id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return false;
      await this.audit.note(manager, {
        action: 'webhooks.create',
        resourceId: webhook.id,
        before: null,
        after: this.audited(webhook),
      });
      return true;
    });
  }

  /** Answers null when it is gone or somebody changed it since it was `before`. */
  update(before: WebhookEntity, changes: Partial<WebhookEntity>): Promise<WebhookEntity | null> {
    const { id, version } = before;
    return this.rows.manager.transaction(async (manager) => {
      const { affected } = await manager.update(
        WebhookEntity,
        { id, version },
        { ...changes, version: version + 1, updatedAt: new Date() },
      );
      if (affected !== 1) return null;
      const after = await manager.findOneByOrFail(WebhookEntity, { id });
      await this.audit.note(manager, {
        action: 'webhooks.update',
        resourceId: id,
        before: this.audited(before),
        after: this.audited(after),
      });
      return after;
    });
  }

  /** Its deliveries go with it, in the background: see retention. */
  async remove(before: WebhookEntity): Promise<void> {
    const { id } = before;
    await this.database.transaction(async (client) => {
      await client.query(`DELETE FROM webhook_stats WHERE webhook_id = $1`, [id]);
      const { rowCount } = await client.query(`DELETE FROM webhooks WHERE id = $1`, [id]);
      if (rowCount === 0) return;
      await this.audit.note(client, {
        action: 'webhooks.delete',
        resourceId: id,
        before: this.audited(before),
        after: null,
      });
    });
  }

  async countActive(): Promise<number> {
    return await this.rows.countBy({ isActive: true });
  }

  /** What of a webhook is on record. That the secret is another shows; the sealed text of the same one would not be the same. */
  private audited(webhook: WebhookEntity): AuditFields {
    return {
      project_id: webhook.projectId,
      name: webhook.name,
      description: webhook.description,
      url: webhook.url,
      events: webhook.events,
      headers: openHeaders(this.box, webhook),
      secret: webhook.secret,
      is_active: webhook.isActive,
      disabled_reason: webhook.disabledReason,
      retry_config: {
        max_retries: webhook.maxRetries,
        retry_delay: webhook.retryDelay,
        on_client_error: webhook.onClientError,
      },
      timeout_seconds: webhook.timeoutSeconds,
    };
  }

  private async stats(ids: string[]): Promise<Map<string, WebhookStats>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.database.query<StatsRow>(
      `SELECT * FROM webhook_stats WHERE webhook_id = ANY ($1::uuid[])`,
      [ids],
    );
    return new Map(
      rows.map((row) => [
        row.webhook_id,
        {
          successCount: Number(row.success_count),
          failureCount: Number(row.failure_count),
          lastTriggeredAt: row.last_triggered_at,
        },
      ]),
    );
  }
}
