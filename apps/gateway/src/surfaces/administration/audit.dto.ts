import {
  AUDIT_OUTCOMES,
  DomainError,
  type AuditFilter,
  type AuditOutcome,
  type AuditPageQuery,
} from '@signalbox/contracts';
import { Field } from '../../openapi/field.decorator';
import { QueryOneOf, QueryText, QueryTime, QueryWhole, timeOf } from '../../validation';
import { SURFACE_NAMES } from '../surface-name';
import { EXPORT_FORMATS } from './usage.dto';

/** Which entries. */
export class AuditParameters {
  @Field('First day, or the moment it begins', '2024-08-01')
  @QueryTime()
  from?: string;

  @Field('Last day (all of it), or the moment it ends', '2024-08-04T12:00:00Z')
  @QueryTime()
  to?: string;

  @Field(
    'What this user or API key did (its id); `system` for the hub itself',
    '019a9e2c-6f00-7000-8000-000000000000',
  )
  @QueryText()
  actor?: string;

  @Field(
    'This action only: the name of an operation, or of a refused call its method and endpoint',
    'webhooks.update',
  )
  @QueryText()
  action?: string;

  @Field('What was done to this kind of thing only', 'webhook')
  @QueryText()
  resource_type?: string;

  @Field('What was done to this thing only (its id)', '019a9e2c-6f00-7000-8000-000000000001')
  @QueryText()
  resource_id?: string;

  @Field('`done` for changes, `refused` for calls that were refused', 'refused')
  @QueryOneOf(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;

  @Field('What came through this surface only', 'administration')
  @QueryOneOf(SURFACE_NAMES)
  surface?: string;

  @Field('What the request with this `X-Request-Id` did', 'req_abc123')
  @QueryText()
  request_id?: string;

  /** @throws DomainError VALIDATION_FAILED where the time is empty */
  toFilter(): AuditFilter {
    const { from, to, actor, action, resource_type, resource_id, outcome, surface, request_id } = this;
    const range = {
      from: from === undefined ? undefined : new Date(timeOf(from, 'begin')).toISOString(),
      to: to === undefined ? undefined : new Date(timeOf(to, 'end')).toISOString(),
    };
    if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
      throw DomainError.invalid({ field: 'to', key: 'usage.range_empty' });
    return { ...range, actor, action, resource_type, resource_id, outcome, surface, request_id };
  }
}

export class AuditListParameters extends AuditParameters {
  @QueryWhole(1, 1_000_000)
  page: number = 1;

  @QueryWhole(1, 100)
  limit: number = 50;

  toQuery(): AuditPageQuery {
    return { ...this.toFilter(), page: this.page, size: this.limit };
  }
}

export class AuditExportParameters extends AuditParameters {
  @Field('`csv`, or `json` for a JSON object a line (NDJSON)', 'csv')
  @QueryOneOf(EXPORT_FORMATS)
  format: (typeof EXPORT_FORMATS)[number] = 'csv';
}
