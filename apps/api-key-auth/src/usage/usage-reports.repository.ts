import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { PageRequest } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { QueryFailedError, type Repository } from 'typeorm';
import { UsageReportEntity } from './usage-report.entity';

export type NewReport = Omit<UsageReportEntity, 'createdAt' | 'updatedAt'>;

const LOCK = 7_462_839_303;

@Injectable()
export class UsageReportsRepository {
  constructor(
    @InjectRepository(UsageReportEntity) private readonly reports: Repository<UsageReportEntity>,
    private readonly database: Database,
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
      const { rowCount } = await client.query(
        `INSERT INTO usage_reports AS r (id, name, description, group_by, filter, granularity, days, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (name) DO UPDATE SET name = r.name WHERE r.id = excluded.id`,
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
      return rowCount === 1;
    });
  }

  /** @returns the report as it is now; null where there is none, `taken` where another has that name */
  async update(id: string, changes: Partial<NewReport>): Promise<UsageReportEntity | null | 'taken'> {
    try {
      const { affected } = await this.reports.update({ id }, { ...changes, updatedAt: new Date() });
      return affected === 1 ? await this.find(id) : null;
    } catch (error) {
      if (error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === '23505')
        return 'taken';
      throw error;
    }
  }

  async remove(id: string): Promise<boolean> {
    const { affected } = await this.reports.delete({ id });
    return affected === 1;
  }
}
