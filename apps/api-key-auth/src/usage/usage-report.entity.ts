import type { UsageDimension, UsageFilter, UsageGrain } from '@signalbox/contracts';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A saved way to group sums. The sums and the records are spoken to in SQL only: see the migration. */
@Entity({ name: 'usage_reports' })
@Unique('usage_reports_name_unique', ['name'])
export class UsageReportEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'usage_reports_pk' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ name: 'group_by', type: 'text', array: true })
  groupBy!: UsageDimension[];

  @Column({ type: 'jsonb' })
  filter!: UsageFilter;

  @Column({ type: 'text' })
  granularity!: UsageGrain;

  @Column({ type: 'integer' })
  days!: number;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
