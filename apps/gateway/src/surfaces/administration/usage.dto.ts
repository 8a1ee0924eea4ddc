import {
  DomainError,
  STATUS_FILTER,
  USAGE_GRAINS,
  USAGE_POINTS_MOST,
  type UsageFilter,
  type UsageGrain,
  type UsageLogFilter,
  type UsageRange,
  type UsageStatsQuery,
} from '@signalbox/contracts';
import { Field } from '../../openapi/field.decorator';
import { Optional, QueryOneOf, QueryText, QueryTime, QueryWhole, Rule, timeOf } from '../../validation';
import { SURFACE_NAMES } from '../surface-name';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DEFAULT_DAYS = 7;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export const IsUsageStatus = (): PropertyDecorator =>
  Rule('usageStatus', (value) => typeof value === 'string' && STATUS_FILTER.test(value), 'usage.status');

/** Which requests, and of which time. */
export class UsageQuery {
  @Field('Requests of this API key only (its id)', '019a9e2c-6f00-7000-8000-000000000000')
  @QueryText()
  key?: string;

  @Field('Requests of this user only (the id)', '019a9e2c-6f00-7000-8000-000000000001')
  @QueryText()
  user?: string;

  @Field('Requests to this endpoint only, as it is published', '/api/v1/webhooks/{id}')
  @QueryText()
  endpoint?: string;

  @Field('Requests of this method only', 'POST')
  @QueryOneOf(METHODS)
  method?: string;

  @Field('Requests to this surface only', 'administration')
  @QueryOneOf(SURFACE_NAMES)
  surface?: string;

  @Field('Requests answered with this status, or a class of them, only', '4xx')
  @Optional()
  @IsUsageStatus()
  status?: string;

  @Field('Requests of this project only', 'project123')
  @QueryText()
  project_id?: string;

  @Field('First day, or the moment it begins. A week before the end unless said otherwise', '2024-08-01')
  @QueryTime()
  start_date?: string;

  @Field('Last day (all of it), or the moment it ends. Now unless said otherwise', '2024-08-04')
  @QueryTime()
  end_date?: string;

  @Field('The same as `start_date`', '2024-08-01T00:00:00Z')
  @QueryTime()
  from?: string;

  @Field('The same as `end_date`', '2024-08-04T12:00:00Z')
  @QueryTime()
  to?: string;

  toFilter(): UsageFilter {
    const { key, user, endpoint, method, surface, status, project_id } = this;
    return { key, user, endpoint, method, surface, status, project_id };
  }

  /** @throws DomainError VALIDATION_FAILED where the range is given twice or is empty */
  toRange(): UsageRange {
    const begin = one(this, 'from', 'start_date');
    const end = one(this, 'to', 'end_date');
    const to = end.value === undefined ? Date.now() : timeOf(end.value, 'end');
    const from = begin.value === undefined ? to - DEFAULT_DAYS * DAY_MS : timeOf(begin.value, 'begin');
    if (from >= to) throw DomainError.invalid({ field: end.name, key: 'usage.range_empty' });
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  }
}

function one<Name extends 'from' | 'to' | 'start_date' | 'end_date'>(
  query: Readonly<Partial<Record<Name, string>>>,
  ...[name, other]: [Name, Name]
): { name: Name; value: string | undefined } {
  if (query[name] === undefined) return { name: other, value: query[other] };
  if (query[other] === undefined) return { name, value: query[name] };
  throw DomainError.invalid({ field: name, key: 'usage.range_given_twice', params: { other } });
}

export class UsageStatsParameters extends UsageQuery {
  @Field(
    'What a point of the series is. Hours unless said otherwise; days where those would be too many',
    'hour',
  )
  @QueryOneOf(USAGE_GRAINS)
  granularity?: UsageGrain;

  toQuery(): UsageStatsQuery {
    const range = this.toRange();
    const hours = (Date.parse(range.to) - Date.parse(range.from)) / HOUR_MS;
    const granularity = this.granularity ?? (hours < USAGE_POINTS_MOST - 1 ? 'hour' : 'day');
    return { ...this.toFilter(), ...range, granularity };
  }
}

export class UsageLogParameters extends UsageQuery {
  @QueryWhole(1, 1_000_000)
  page: number = 1;

  @QueryWhole(1, 100)
  limit: number = 50;

  toQuery(): UsageLogFilter {
    return { ...this.toFilter(), ...this.toRange(), page: this.page, size: this.limit };
  }
}

export const EXPORT_FORMATS = ['csv', 'json'] as const;

export class UsageExportParameters extends UsageQuery {
  @Field('`csv`, or `json` for a JSON object a line (NDJSON)', 'csv')
  @QueryOneOf(EXPORT_FORMATS)
  format: (typeof EXPORT_FORMATS)[number] = 'csv';
}
