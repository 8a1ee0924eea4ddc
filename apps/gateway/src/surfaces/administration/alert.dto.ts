import { PartialType } from '@nestjs/swagger';
import {
  ALERT_LIMITS,
  ALERT_METRICS,
  ALERT_OPERATORS,
  ALERT_PERCENTILES,
  ALERT_REASONS,
  ALERT_STATES,
  ALERT_UNITS,
  type AlertChangeView,
  type AlertInput,
  type AlertMetric,
  type AlertOperator,
  type AlertPercentile,
  type AlertReason,
  type AlertState,
  type AlertView,
} from '@signalbox/contracts';
import { IsBoolean, IsIn } from 'class-validator';
import { Field, NullableField } from '../../openapi/field.decorator';
import { IsAmount, IsName, IsWhole, Nested, Nullable, Optional } from '../../validation';
import { UsageReportFilter, UsageReportFilterAnswer } from './usage-report.dto';

export class CreateAlert implements AlertInput {
  @Field('Name; no other alert has it', 'Errors in production')
  @IsName(ALERT_LIMITS.name)
  name!: string;

  @Field('What is measured', 'error_rate')
  @IsIn(ALERT_METRICS)
  metric!: AlertMetric;

  @Field(
    'It fires while the value is greater than the threshold (`gt`), or at least as great (`gte`), …',
    'gt',
  )
  @IsIn(ALERT_OPERATORS)
  operator!: AlertOperator;

  @Field(
    'Per cent (`error_rate` and `delivery_success`, up to 100; `quota_share`), milliseconds (`response_time`) or a count (`request_count`, `webhook_failures`)',
    5,
  )
  @IsAmount(0, ALERT_LIMITS.threshold)
  threshold!: number;

  @Field('Minutes over which it is measured', 5)
  @IsWhole(1, ALERT_LIMITS.windowMinutes)
  window_minutes!: number;

  @Field('Which percentile of `response_time`; 95 unless said otherwise', 95)
  @Nullable()
  @IsIn(ALERT_PERCENTILES)
  percentile?: AlertPercentile | null;

  @Field(
    'Which requests; all unless said otherwise. `status` with `error_rate` says what an error is. `quota_share` needs `key` and takes nothing else; webhook metrics take `project_id` only',
    { endpoint: '/api/v1/webhooks', status: '5xx' },
  )
  @Optional()
  @Nested(() => UsageReportFilter)
  filter?: UsageReportFilter;

  @Field('Whether it is evaluated; it is unless said otherwise', true)
  @Optional()
  @IsBoolean()
  is_active?: boolean;
}

/** What is left out stays as it is. */
export class UpdateAlert extends PartialType(CreateAlert, { skipNullProperties: false }) {}

export class AlertAnswer implements AlertView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('Name', 'Errors in production')
  name!: string;

  @Field('What is measured', 'error_rate', { enum: [...ALERT_METRICS] })
  metric!: AlertMetric;

  @Field('How the value is compared with the threshold', 'gt', { enum: [...ALERT_OPERATORS] })
  operator!: AlertOperator;

  @Field('Threshold, in the unit', 5)
  threshold!: number;

  @Field('Unit of the threshold and the value', '%', { enum: [...new Set(Object.values(ALERT_UNITS))] })
  unit!: AlertView['unit'];

  @Field('Minutes over which it is measured', 5)
  window_minutes!: number;

  @NullableField('integer', 'Percentile; null where the metric has none', null)
  percentile!: AlertPercentile | null;

  @Field('Which requests', { status: '5xx' }, { type: UsageReportFilterAnswer })
  filter!: UsageReportFilterAnswer;

  @Field('Whether it is evaluated', true)
  is_active!: boolean;

  @Field('Whether it fires', 'ok', { enum: [...ALERT_STATES] })
  state!: AlertState;

  @NullableField(String, 'Since when; null before it was evaluated', '2024-08-04T12:00:10.000Z')
  since!: string | null;

  @NullableField('number', 'Value at the last evaluation; null where there was nothing to measure', 1.25)
  last_value!: number | null;

  @NullableField(String, 'When it was last evaluated', '2024-08-04T12:00:10.000Z')
  last_evaluated_at!: string | null;

  @Field('Who made it', '019a9e2c-6f00-7000-8000-000000000003')
  created_by!: string;

  @Field('When it was made', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  created_at!: string;

  @Field('When it was last changed', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  updated_at!: string;
}

export class AlertChangeAnswer implements AlertChangeView {
  @Field('Id, also of the event `system.alert`', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('What became of it', 'firing', { enum: [...ALERT_STATES] })
  state!: AlertState;

  @Field('Why: it was evaluated, switched off or deleted', 'evaluated', { enum: [...ALERT_REASONS] })
  reason!: AlertReason;

  @NullableField('number', 'Value; null where there was nothing to measure', 12.5)
  value!: number | null;

  @Field('Threshold at that time', 5)
  threshold!: number;

  @Field('When', '2024-08-04T12:00:10.000Z', { format: 'date-time' })
  at!: string;

  @Field('Whether its event has been published', true)
  published!: boolean;
}
