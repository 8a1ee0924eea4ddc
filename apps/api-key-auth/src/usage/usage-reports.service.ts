import { Injectable } from '@nestjs/common';
import {
  DomainError,
  USAGE_POINTS_MOST,
  USAGE_REPORT_LIMITS,
  USAGE_REPORT_ROWS_MOST,
  type CallContext,
  type Page,
  type PageRequest,
  type UsageGrain,
  type UsageReportInput,
  type UsageReportResult,
  type UsageReportView,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { validate as isUuid } from 'uuid';
import { requireAdmin } from '../access';
import { isStorable } from '../text';
import { DAY_MS } from './usage-days';
import { GRAIN_MS, wholeUnits } from './usage-range';
import type { UsageReportEntity } from './usage-report.entity';
import { UsageReportsRepository } from './usage-reports.repository';
import { UsageSumsRepository } from './usage-sums.repository';

const DEFAULT_GRANULARITY: UsageGrain = 'day';
const DEFAULT_DAYS = 30;
const taken = () => DomainError.conflict('resource', 'usage_report.name_taken');

/** Ways to group requests that somebody gave a name. */
@Injectable()
export class UsageReportsService {
  constructor(
    private readonly reports: UsageReportsRepository,
    private readonly sums: UsageSumsRepository,
  ) {}

  async list({ page, size }: PageRequest, { principal }: CallContext): Promise<Page<UsageReportView>> {
    requireAdmin(principal);
    const { items, total } = await this.reports.page({ page, size });
    return { items: items.map(viewOf), total, page, size };
  }

  async create(input: UsageReportInput, { principal, idempotencyId }: CallContext): Promise<UsageReportView> {
    requireAdmin(principal);
    const granularity = input.granularity ?? DEFAULT_GRANULARITY;
    const days = input.days ?? Math.min(DEFAULT_DAYS, daysMost(granularity));
    check(input, granularity, days);
    const id = idempotencyId ?? newId();
    const stored = await this.reports.insert(
      {
        id,
        name: input.name,
        description: input.description ?? null,
        groupBy: [...input.group_by],
        filter: input.filter ?? {},
        granularity,
        days,
        createdBy: principal.id,
      },
      USAGE_REPORT_LIMITS.reports,
    );
    if (stored === 'full') throw DomainError.conflict('resource', 'usage_report.too_many');
    if (!stored) throw taken();
    return viewOf(await this.existing(id));
  }

  async get({ id }: { id: string }, { principal }: CallContext): Promise<UsageReportView> {
    requireAdmin(principal);
    return viewOf(await this.existing(id));
  }

  async update(
    { id, changes }: { id: string; changes: Partial<UsageReportInput> },
    { principal }: CallContext,
  ): Promise<UsageReportView> {
    requireAdmin(principal);
    const before = await this.existing(id);
    const { group_by: groupBy, ...others } = changes;
    check(changes, changes.granularity ?? before.granularity, changes.days ?? before.days);
    const updated = await this.reports.update(id, {
      ...given(others),
      ...(groupBy && { groupBy: [...groupBy] }),
    });
    if (updated === 'taken') throw taken();
    if (!updated) throw DomainError.notFound('resource');
    return viewOf(updated);
  }

  async remove({ id }: { id: string }, { principal }: CallContext): Promise<{ id: string; deleted: true }> {
    requireAdmin(principal);
    if (!isUuid(id) || !(await this.reports.remove(id))) throw DomainError.notFound('resource');
    return { id, deleted: true };
  }

  async run(
    { id, from, to }: { id: string; from?: string; to?: string },
    { principal }: CallContext,
  ): Promise<UsageReportResult> {
    requireAdmin(principal);
    const report = await this.existing(id);
    const end = to === undefined ? Date.now() : Date.parse(to);
    const range = wholeUnits(
      {
        from: from ?? new Date(end - report.days * DAY_MS).toISOString(),
        to: new Date(end).toISOString(),
      },
      report.granularity,
    );
    const query = { ...range, grain: report.granularity, filter: report.filter, only: null };
    const rows = await this.sums.figures(query, report.groupBy, USAGE_REPORT_ROWS_MOST + 1);
    return {
      report: viewOf(report),
      from: range.from.toISOString(),
      to: range.to.toISOString(),
      rows: rows.slice(0, USAGE_REPORT_ROWS_MOST).map(({ group, ...figures }) => ({
        group: Object.fromEntries(report.groupBy.map((name, i) => [name, group[i] ?? null])),
        ...figures,
      })),
      truncated: rows.length > USAGE_REPORT_ROWS_MOST,
    };
  }

  private async existing(id: string): Promise<UsageReportEntity> {
    const report = isUuid(id) ? await this.reports.find(id) : null;
    if (!report) throw DomainError.notFound('resource');
    return report;
  }
}

/** A unit fewer than a series may have: the range is widened to whole ones at both ends. */
function daysMost(granularity: UsageGrain): number {
  const most = Math.floor(((USAGE_POINTS_MOST - 1) * GRAIN_MS[granularity]) / DAY_MS);
  return Math.min(USAGE_REPORT_LIMITS.days, most);
}

function check(
  { name, description, filter }: Partial<UsageReportInput>,
  granularity: UsageGrain,
  days: number,
): void {
  const texts = { name, description, ...filter };
  const unstorable = Object.entries(texts).find(([, text]) => typeof text === 'string' && !isStorable(text));
  if (unstorable) throw DomainError.invalid({ field: unstorable[0], key: 'control_character' });
  const most = daysMost(granularity);
  if (days > most) throw DomainError.invalid({ field: 'days', key: 'max', params: { max: most } });
}

/** What is undefined stays as it is. */
function given<T extends object>(changes: T): Partial<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function viewOf(report: UsageReportEntity): UsageReportView {
  return {
    id: report.id,
    name: report.name,
    description: report.description,
    group_by: report.groupBy,
    filter: report.filter,
    granularity: report.granularity,
    days: report.days,
    created_by: report.createdBy,
    created_at: report.createdAt.toISOString(),
    updated_at: report.updatedAt.toISOString(),
  };
}
