import type { AuditEntryView, AuditFields, AuditOutcome } from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';

const FIELDS = { type: 'object', nullable: true, additionalProperties: true } as const;

export class AuditEntryAnswer implements AuditEntryView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('When it was', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  time!: string;

  @Field('Name of the operation; of a refused call its method and endpoint', 'webhooks.update')
  action!: string;

  @Field('`done` for a change, `refused` for a call that was refused', 'done', { enum: ['done', 'refused'] })
  outcome!: AuditOutcome;

  @NullableField(String, 'Why it was refused', 'FORBIDDEN')
  reason!: string | null;

  @NullableField(
    String,
    '`user`, `api_key`, `system` for the hub itself, or null for nobody in particular',
    'user',
  )
  actor_kind!: AuditEntryView['actor_kind'];

  @NullableField(String, 'Id of who did it', '019a9e2c-6f00-7000-8000-000000000001')
  actor_id!: string | null;

  @NullableField(String, 'Name of who did it, at that time', 'alice')
  actor_name!: string | null;

  @NullableField(String, 'Kind of what was changed', 'webhook')
  resource_type!: string | null;

  @NullableField(String, 'Id of what was changed', '019a9e2c-6f00-7000-8000-000000000002')
  resource_id!: string | null;

  @Field(
    'What was different before, secrets masked; null where there was nothing',
    { name: 'Old name' },
    FIELDS,
  )
  before!: AuditFields | null;

  @Field('What is different now, secrets masked; null where nothing is left', { name: 'New name' }, FIELDS)
  after!: AuditFields | null;

  @NullableField(String, 'Address it came from', '203.0.113.7')
  address!: string | null;

  @NullableField(String, '`User-Agent` it came with', 'curl/8.5.0')
  agent!: string | null;

  @NullableField(String, 'Surface it came through', 'administration')
  surface!: string | null;

  @NullableField(String, '`X-Request-Id` of the request', 'req_abc123')
  request_id!: string | null;

  @NullableField(Number, 'Place in the chain, from 1 without gaps; null for a second', 4711)
  seq!: number | null;

  @NullableField(
    String,
    'SHA-256 over the entry and the hash before it; null for a second',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  )
  hash!: string | null;
}
