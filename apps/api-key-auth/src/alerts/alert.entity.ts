import type {
  AlertMetric,
  AlertOperator,
  AlertPercentile,
  AlertState,
  UsageFilter,
} from '@signalbox/contracts';
import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A rule and what became of it. The changes of its state are spoken to in SQL only: see the migration. */
@Entity({ name: 'alerts' })
@Unique('alerts_name_unique', ['name'])
@Check('alerts_state_known', `state IN ('ok', 'firing')`)
export class AlertEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'alerts_pk' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  metric!: AlertMetric;

  @Column({ type: 'text' })
  operator!: AlertOperator;

  @Column({ type: 'double precision' })
  threshold!: number;

  @Column({ name: 'window_minutes', type: 'integer' })
  windowMinutes!: number;

  /** Null for metrics that have none. */
  @Column({ type: 'integer', nullable: true })
  percentile!: AlertPercentile | null;

  @Column({ type: 'jsonb' })
  filter!: UsageFilter;

  @Column({ name: 'is_active', type: 'boolean' })
  isActive!: boolean;

  @Column({ type: 'text', default: 'ok' })
  state!: AlertState;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  since!: Date | null;

  @Column({ name: 'last_value', type: 'double precision', nullable: true })
  lastValue!: number | null;

  @Column({ name: 'last_evaluated_at', type: 'timestamptz', precision: 3, nullable: true })
  lastEvaluatedAt!: Date | null;

  /** When it is to be evaluated. Whoever evaluates it moves this ahead, so that nobody else does meanwhile. */
  @Column({ name: 'due_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  dueAt!: Date;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
