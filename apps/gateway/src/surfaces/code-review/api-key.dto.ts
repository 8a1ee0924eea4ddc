import { OmitType, PartialType } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import {
  API_KEY_LIMITS,
  SCOPES,
  type ApiKeyChanges,
  type ApiKeyInput,
  type ApiKeyStatus,
  type ApiKeyView,
  type NewApiKeyView,
  type Scope,
} from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';
import { IsName, IsText, IsWhole, Nullable, Optional } from '../../validation';
import { IsAddressRanges, IsProjectIds, IsRateLimit, IsScopes } from '../shared/api-key.decorators';

/** Revoked keys are deleted ones here. */
const STATUSES = ['active', 'inactive', 'expired'] as const satisfies readonly ApiKeyStatus[];

export class CreateApiKey {
  @Field('Name', 'CI/CD Key')
  @IsName(API_KEY_LIMITS.name)
  name!: string;

  @Field('What it is for', 'Reports builds')
  @Nullable()
  @IsText(API_KEY_LIMITS.description)
  description?: string | null;

  @Field('What the key may do', ['webhook', 'read'])
  @IsScopes()
  scopes!: Scope[];

  @Field('Seconds until it ends; null for never', 2_592_000)
  @Nullable()
  @IsWhole(1, API_KEY_LIMITS.expiresIn)
  expiresIn?: number | null;

  @Field('Projects the key is confined to; null for none, left out for those of the caller', ['project123'])
  @Nullable()
  @IsProjectIds()
  projectIds?: string[] | null;

  @Field('Addresses and CIDR ranges it may be used from; none for everywhere', ['203.0.113.0/24'])
  @Optional()
  @IsAddressRanges()
  allowedIps?: string[];

  @Field('Requests an hour. 1000 unless said otherwise', 1000)
  @Optional()
  @IsRateLimit()
  rateLimit?: number;
}

/** What is left out stays as it is. */
export class UpdateApiKey extends PartialType(CreateApiKey, { skipNullProperties: false }) {
  @Field('Whether it works; switching it off is not for good, as deleting is', false)
  @Optional()
  @IsBoolean()
  isActive?: boolean;
}

export class RotateApiKey {
  @Field('Seconds the old key still works, unless it ends before. 0 unless said otherwise', 3600)
  @Optional()
  @IsWhole(0, API_KEY_LIMITS.overlapSeconds)
  overlapSeconds?: number;
}

export class NewApiKeyAnswer {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000005')
  id!: string;

  @Field('Name', 'CI/CD Key')
  name!: string;

  @Field('The key itself: shown now and never again', 'ocr_abc123def456...')
  key!: string;

  @Field('How the key begins', 'ocr_abc1')
  keyPrefix!: string;

  @NullableField(String, 'What it is for')
  description!: string | null;

  @Field('What the key may do', ['webhook', 'read'], {
    type: 'array',
    items: { type: 'string', enum: [...SCOPES] },
  })
  scopes!: readonly Scope[];

  @NullableField([String], 'Projects the key is confined to; null for none')
  projectIds!: readonly string[] | null;

  @Field('Addresses and CIDR ranges it may be used from; none for everywhere', [], { type: [String] })
  allowedIps!: readonly string[];

  @Field('Requests an hour', 1000)
  rateLimit!: number;

  @Field('Whether it is switched on', true)
  isActive!: boolean;

  @Field('What has become of it', 'active', { enum: STATUSES })
  status!: ApiKeyStatus;

  @NullableField(String, 'When it ends; null for never', '2024-02-01T00:00:00.000Z')
  expiresAt!: string | null;

  @NullableField(String, 'When it was last used; up to some seconds late', '2024-01-15T10:30:00.000Z')
  lastUsedAt!: string | null;

  @NullableField(String, 'When it was last rotated')
  rotatedAt!: string | null;

  @Field('Who created it', '019a9e2c-6f00-7000-8000-000000000003')
  createdBy!: string;

  @Field('When it was created', '2024-01-01T00:00:00.000Z', { format: 'date-time' })
  createdAt!: string;

  @Field('When it was last changed', '2024-01-01T00:00:00.000Z', { format: 'date-time' })
  updatedAt!: string;
}

export class ApiKeyAnswer extends OmitType(NewApiKeyAnswer, ['key']) {}

export function apiKeyAnswer(view: ApiKeyView): ApiKeyAnswer {
  return {
    id: view.id,
    name: view.name,
    keyPrefix: view.key_prefix,
    description: view.description,
    scopes: view.scopes,
    projectIds: view.project_ids,
    allowedIps: view.allowed_ips,
    rateLimit: view.rate_limit,
    isActive: view.is_active,
    status: view.status,
    expiresAt: view.expires_at,
    lastUsedAt: view.last_used_at,
    rotatedAt: view.rotated_at,
    createdBy: view.created_by,
    createdAt: view.created_at,
    updatedAt: view.updated_at,
  };
}

export function newApiKeyAnswer(view: NewApiKeyView): NewApiKeyAnswer {
  return { ...apiKeyAnswer(view), key: view.key };
}

/** In the domain's names. */
export function apiKeyChanges(body: UpdateApiKey): ApiKeyChanges {
  const { expiresIn, projectIds, allowedIps, rateLimit, isActive, ...rest } = body;
  return {
    ...rest,
    expires_in: expiresIn,
    project_ids: projectIds,
    allowed_ips: allowedIps,
    rate_limit: rateLimit,
    is_active: isActive,
  };
}

export function apiKeyInput(body: CreateApiKey): ApiKeyInput {
  const { expiresIn, projectIds, allowedIps, rateLimit, ...rest } = body;
  return {
    ...rest,
    prefix: 'ocr_',
    expires_in: expiresIn,
    project_ids: projectIds,
    allowed_ips: allowedIps,
    rate_limit: rateLimit,
  };
}
