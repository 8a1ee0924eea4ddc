import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { AuditFields, PageRequest } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { QueryFailedError, type Repository } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail';
import { UsageReportEntity } from './usage-report.entity';

export type NewReport = Omit<UsageReportEntity, 'createdAt' | 'updatedAt'>;

const LOCK = 7_462_839_303;

@Injectable()
export class UsageReportsRepository {
  constructor(
    @InjectRepository(UsageReportEntity) private readonly reports: Repository<UsageReportEntity>,
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  find(id: string): Promise<UsageReportEntity | null> {
    return this.reports.findOneBy({ id });
  }

  /** By name. */
  async page({ page, size }: PageRequest): Promise<{ items: UsageReportEntity[]; total: number }> {
    const [items, total] = await this.reports.findAndCount({
      order: { name: 'ASC' },
      skip: (page - 1) * size,
      take: size,
    });
    return { items, total };
  }

  /** False where the name is taken, `full` where there are as many as there may be. */
  async insert(report: NewReport, most: number): Promise<boolean | 'full'> {
    return await this.database.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const { rows } = await client.query<{ reports: number }>(
        'SELECT count(*)::integer AS reports FROM usage_reports WHERE id <> $1',
        [report.id],
      );
      if ((rows[0]?.reports ?? 0) >= most) return 'full';
      const { rows: stored } = await client.query<{ fresh: boolean }>(
        `INSERT INTO usage_reports AS r (id, name, description, group_by, filter, granularity, days, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (name) DO UPDATE SET name = r.name WHERE r.id = excluded.id
         RETURNING xmax = 0 AS fresh`,
        [
          report.id,
          report.name,
          report.description,
          report.groupBy,
          JSON.stringify(report.filter),
          report.granularity,
          report.days,
          report.createdBy,
        ],
      );
      if (stored[0]?.fresh) {
        await this.audit.note(client, {
          action: 'usage-reports.create',
          resourceId: report.id,
          before: null,
          after: audited(report),
        });
      }
      return stored.length === 1;
    });
  }

  /** @returns the report as it is now; null where there is none, `taken` where another has that name */
  async update(id: string, changes: Partial<NewReport>): Promise<UsageReportEntity | null | 'taken'> {
    try {
      return await this.reports.manager.transaction(async (manager) => {
        const before = await manager.findOne(UsageReportEntity, {
          where: { id },
          lock: { mode: 'pessimistic_write' },
        });
        if (!before) return null;
        await manager.update(UsageReportEntity, { id }, { ...changes, updatedAt: new Date() });
        const after = await manager.findOneByOrFail(UsageReportEntity, { id });
        await this.audit.note(manager, {
          action: 'usage-reports.update',
          resourceId: id,
          before: audited(before),
          after: audited(after),
        });
        return after;
      });
    } catch (error) {
      if (error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === '23505')
        return 'taken';
      throw error;
    }
  }

  remove(id: string): Promise<boolean> {
    return this.reports.manager.transaction(async (manager) => {
      const before = await manager.findOne(UsageReportEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!before) return false;
      await manager.delete(UsageReportEntity, { id });
      await this.audit.note(manager, {
        action: 'usage-reports.delete',
        resourceId: id,
        before: audited(before),
        after: null,
      });
      return true;
    });
  }
}

/** What of a report is on record. */
function audited({ name, description, groupBy, filter, granularity, days }: NewReport): AuditFields {
  return { name, description, group_by: groupBy, filter, granularity, days };
}
