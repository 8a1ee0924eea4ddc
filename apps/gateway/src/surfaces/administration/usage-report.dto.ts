import { PartialType } from '@nestjs/swagger';
import {
  USAGE_DIMENSIONS,
  USAGE_GRAINS,
  USAGE_REPORT_LIMITS,
  type UsageDimension,
  type UsageGrain,
  type UsageReportResult,
  type UsageReportRow,
  type UsageReportView,
} from '@signalbox/contracts';
import { ArrayUnique, IsIn } from 'class-validator';
import { Field, ListField, NullableField } from '../../openapi/field.decorator';
import {
  IsList,
  IsName,
  IsText,
  IsWhole,
  Nested,
  Nullable,
  Optional,
  QueryTime,
  timeOf,
  together,
} from '../../validation';
import { IsUsageStatus } from './usage.dto';
import { UsageFiguresAnswer } from './usage.view';

/** In the order in which their problems should be told. */
const IsGrouping = (): PropertyDecorator =>
  together(IsList(USAGE_REPORT_LIMITS.groups, 1), ArrayUnique(), IsIn(USAGE_DIMENSIONS, { each: true }));

export class UsageReportFilter {
  @Field('Requests of this API key only (its id)', '019a9e2c-6f00-7000-8000-000000000000')
  @Optional()
  @IsText(255, 1)
  key?: string;

  @Field('Requests of this user only (the id)', '019a9e2c-6f00-7000-8000-000000000001')
  @Optional()
  @IsText(255, 1)
  user?: string;

  @Field('Requests to this endpoint only, as it is published', '/api/v1/webhooks/{id}')
  @Optional()
  @IsText(255, 1)
  endpoint?: string;

  @Field('Requests of this method only', 'POST')
  @Optional()
  @IsText(255, 1)
  method?: string;

  @Field('Requests to this surface only', 'administration')
  @Optional()
  @IsText(255, 1)
  surface?: string;

  @Field('Requests answered with this status, or a class of them, only', '5xx')
  @Optional()
  @IsUsageStatus()
  status?: string;

  @Field('Requests of this project only', 'project123')
  @Optional()
  @IsText(255, 1)
  project_id?: string;
}

export class CreateUsageReport {
  @Field('Name; no other report has it', 'Failures by key')
  @IsName()
  name!: string;

  @Field('What it is for', 'Who runs into errors')
  @Nullable()
  @IsText(2_000)
  description?: string | null;

  @Field('What the requests are grouped by', ['key', 'endpoint'])
  @IsGrouping()
  group_by!: UsageDimension[];

  @Field('Which requests; all unless said otherwise', { status: '5xx' })
  @Optional()
  @Nested(() => UsageReportFilter)
  filter?: UsageReportFilter;

  @Field('Whole units of this are counted, and `time` is one. `day` unless said otherwise', 'day')
  @Optional()
  @IsIn(USAGE_GRAINS)
  granularity?: UsageGrain;

  @Field(
    'Days before it is run that it covers: 1 by the minute, 62 by the hour, 400 by the day at most. As many as may be up to 30 unless said otherwise',
    30,
  )
  @Optional()
  @IsWhole(1, USAGE_REPORT_LIMITS.days)
  days?: number;
}

/** What is left out stays as it is. */
export class UpdateUsageReport extends PartialType(CreateUsageReport, { skipNullProperties: false }) {}

export class RunUsageReport {
  @Field('Beginning, instead of as many days before the end as the report says', '2024-08-01')
  @QueryTime()
  from?: string;

  @Field('End (of a day: all of it), instead of now', '2024-08-04')
  @QueryTime()
  to?: string;

  toRange(): { from?: string; to?: string } {
    const iso = (text: string | undefined, edge: 'begin' | 'end') =>
      text === undefined ? undefined : new Date(timeOf(text, edge)).toISOString();
    return { from: iso(this.from, 'begin'), to: iso(this.to, 'end') };
  }
}

export class UsageReportFilterAnswer {
  @Field('API key', '019a9e2c-6f00-7000-8000-000000000000', { required: false })
  key?: string;

  @Field('User', '019a9e2c-6f00-7000-8000-000000000001', { required: false })
  user?: string;

  @Field('Endpoint', '/api/v1/webhooks/{id}', { required: false })
  endpoint?: string;

  @Field('Method', 'POST', { required: false })
  method?: string;

  @Field('Surface', 'administration', { required: false })
  surface?: string;

  @Field('Status, or a class of them', '5xx', { required: false })
  status?: string;

  @Field('Project', 'project123', { required: false })
  project_id?: string;
}

export class UsageReportAnswer implements UsageReportView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('Name', 'Failures by key')
  name!: string;

  @NullableField(String, 'What it is for', 'Who runs into errors')
  description!: string | null;

  @Field('What the requests are grouped by', ['key', 'endpoint'], {
    type: 'array',
    items: { type: 'string', enum: [...USAGE_DIMENSIONS] },
  })
  group_by!: readonly UsageDimension[];

  @Field('Which requests', { status: '5xx' }, { type: UsageReportFilterAnswer })
  filter!: UsageReportFilterAnswer;

  @Field('Whole units of this are counted', 'day', { enum: [...USAGE_GRAINS] })
  granularity!: UsageGrain;

  @Field('Days before it is run that it covers', 30)
  days!: number;

  @Field('Who made it', '019a9e2c-6f00-7000-8000-000000000003')
  created_by!: string;

  @Field('When it was made', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  created_at!: string;

  @Field('When it was last changed', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  updated_at!: string;
}

export class UsageReportRowAnswer extends UsageFiguresAnswer implements UsageReportRow {
  @Field(
    'What the row is of; null where a request had none',
    { key: '019a9e2c-6f00-7000-8000-000000000000', endpoint: '/api/v1/webhooks' },
    { type: 'object', additionalProperties: { type: ['string', 'null'] as never } },
  )
  group!: UsageReportRow['group'];
}

export class UsageReportResultAnswer implements UsageReportResult {
  @Field('The report', undefined, { type: UsageReportAnswer })
  report!: UsageReportAnswer;

  @Field('Beginning of the time, a whole unit of the granularity', '2024-08-01T00:00:00.000Z', {
    format: 'date-time',
  })
  from!: string;

  @Field('End of the time, itself not part of it', '2024-08-05T00:00:00.000Z', { format: 'date-time' })
  to!: string;

  @ListField(UsageReportRowAnswer, 'The busiest first, at most 1000')
  rows!: readonly UsageReportRow[];

  @Field('Whether there were more rows', false)
  truncated!: boolean;
}
