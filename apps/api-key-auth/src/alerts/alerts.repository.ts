import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { AlertReason, AlertRule, AuditFields, PageRequest } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import type { Repository } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail';
import { AlertEntity } from './alert.entity';
import { ruleOf, type AlertFields } from './alert-rule';

const LOCK = 7_463_720_200;
const UNIQUE_VIOLATION = '23505';

const COLUMNS = `id, name, metric, operator, threshold, window_minutes AS "windowMinutes", percentile, filter,
  is_active AS "isActive", state, since, last_value AS "lastValue", last_evaluated_at AS "lastEvaluatedAt",
  due_at AS "dueAt", created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The rules, as administrators change them. */
@Injectable()
export class AlertsRepository {
  constructor(
    @InjectRepository(AlertEntity) private readonly alerts: Repository<AlertEntity>,
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  find(id: string): Promise<AlertEntity | null> {
    return this.alerts.findOneBy({ id });
  }

  /** By name. */
  async page({ page, size }: PageRequest): Promise<{ items: AlertEntity[]; total: number }> {
    const [items, total] = await this.alerts.findAndCount({
      order: { name: 'ASC' },
      skip: (page - 1) * size,
      take: size,
    });
    return { items, total };
  }

  /** False where the name is taken, `full` where there are as many as there may be. */
  async insert(
    { id, createdBy, rule, isActive }: AlertFields & Pick<AlertEntity, 'id' | 'createdBy'>,
    most: number,
  ): Promise<boolean | 'full'> {
    return await this.database.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const { rows } = await client.query<{ alerts: number }>(
        'SELECT count(*)::integer AS alerts FROM alerts WHERE id <> $1',
        [id],
      );
      if ((rows[0]?.alerts ?? 0) >= most) return 'full';
      const { rows: stored } = await client.query<{ fresh: boolean }>(
        `INSERT INTO alerts AS a (id, name, metric, operator, threshold, window_minutes, percentile, filter, is_active,
           created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (name) DO UPDATE SET name = a.name WHERE a.id = excluded.id
         RETURNING xmax = 0 AS fresh`,
        [id, ...valuesOf(rule), isActive, createdBy],
      );
      if (stored[0]?.fresh) {
        await this.audit.note(client, {
          action: 'alerts.create',
          resourceId: id,
          before: null,
          after: audited({ rule, isActive }),
        });
      }
      return stored.length === 1;
    });
  }

  /**
   * Changes the rule; it is evaluated anew. One that fires and is switched off is resolved.
   * @param change what becomes of it; what it throws leaves everything as it is
   * @returns the rule as it is now; null where there is none, `taken` where another has that name
   */
  async update(
    id: string,
    change: (before: AlertEntity) => AlertFields,
  ): Promise<AlertEntity | null | 'taken'> {
    try {
      return await this.database.transaction(async (client) => {
        const before = await locked(client, id);
        if (!before) return null;
        const { rule, isActive } = change(before);
        if (before.state === 'firing' && !isActive) await resolve(client, before, 'deactivated');
        const { rows } = await client.query<AlertEntity>(
          `UPDATE alerts SET name = $2, metric = $3, operator = $4, threshold = $5, window_minutes = $6, percentile = $7,
             filter = $8, is_active = $9, due_at = now(), updated_at = now()
            WHERE id = $1 RETURNING ${COLUMNS}`,
          [id, ...valuesOf(rule), isActive],
        );
        await this.audit.note(client, {
          action: 'alerts.update',
          resourceId: id,
          before: audited({ rule: ruleOf(before), isActive: before.isActive }),
          after: audited({ rule, isActive }),
        });
        return rows[0] ?? null;
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return 'taken';
      throw error;
    }
  }

  /** One that fires is resolved. */
  async remove(id: string): Promise<boolean> {
    return await this.database.transaction(async (client) => {
      const alert = await locked(client, id);
      if (!alert) return false;
      if (alert.state === 'firing') await resolve(client, alert, 'deleted');
      await client.query('DELETE FROM alerts WHERE id = $1', [id]);
      await this.audit.note(client, {
        action: 'alerts.delete',
        resourceId: id,
        before: audited({ rule: ruleOf(alert), isActive: alert.isActive }),
        after: null,
      });
      return true;
    });
  }
}

async function locked(client: PoolClient, id: string): Promise<AlertEntity | undefined> {
  const { rows } = await client.query<AlertEntity>(`SELECT ${COLUMNS} FROM alerts WHERE id = $1 FOR UPDATE`, [
    id,
  ]);
  return rows[0];
}

async function resolve(client: PoolClient, alert: AlertEntity, reason: AlertReason): Promise<void> {
  await client.query(
    `INSERT INTO alert_changes (alert_id, state, reason, value, rule, firing_since)
     SELECT id, 'ok', $2, NULL, $3, since FROM alerts WHERE id = $1`,
    [alert.id, reason, JSON.stringify(ruleOf(alert))],
  );
  await client.query(`UPDATE alerts SET state = 'ok', since = now() WHERE id = $1`, [alert.id]);
}

/** What of an alert is on record. */
function audited({ rule, isActive }: AlertFields): AuditFields {
  return { ...rule, is_active: isActive };
}

function valuesOf(rule: AlertRule): unknown[] {
  return [
    rule.name,
    rule.metric,
    rule.operator,
    rule.threshold,
    rule.window_minutes,
    rule.percentile,
    JSON.stringify(rule.filter),
  ];
}
