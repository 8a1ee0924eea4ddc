import { OmitType, PartialType } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import {
  API_KEY_LIMITS,
  SCOPES,
  type ApiKeyFilter,
  type ApiKeyStatus,
  type ApiKeyView,
  type NewApiKeyView,
  type Scope,
} from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';
import { IsName, IsText, IsWhole, Nullable, Optional, PageLimitQuery, QueryFlag } from '../../validation';
import { IsAddressRanges, IsProjectIds, IsRateLimit, IsScopes, IsMoment } from '../shared/api-key.decorators';

export const API_KEY_STATUSES = [
  'active',
  'inactive',
  'expired',
  'revoked',
] as const satisfies readonly ApiKeyStatus[];

export class CreateAdminApiKey {
  @Field('Name', 'Production API Key')
  @IsName(API_KEY_LIMITS.name)
  name!: string;

  @Field('What it is for', 'API key for production environment')
  @Nullable()
  @IsText(API_KEY_LIMITS.description)
  description?: string | null;

  @Field('What the key may do', ['read', 'write'])
  @IsScopes()
  scopes!: Scope[];

  @Field('Projects the key is confined to; null for none, left out for those of the caller', ['project123'])
  @Nullable()
  @IsProjectIds()
  project_ids?: string[] | null;

  @Field('Addresses and CIDR ranges it may be used from; none for everywhere', ['203.0.113.0/24'])
  @Optional()
  @IsAddressRanges()
  allowed_ips?: string[];

  @Field('Requests an hour. 1000 unless said otherwise', 5000)
  @Optional()
  @IsRateLimit()
  rate_limit?: number;

  @Field('When it ends; null for never. One in the past makes a key that never works', '2024-12-31T23:59:59Z')
  @Nullable()
  @IsMoment()
  expires_at?: string | null;
}

/** What is left out stays as it is. */
export class UpdateAdminApiKey extends PartialType(CreateAdminApiKey, { skipNullProperties: false }) {
  @Field('Whether it works; switching it off is not for good, as revoking is', false)
  @Optional()
  @IsBoolean()
  is_active?: boolean;
}

export class RotateAdminApiKey {
  @Field('Seconds the old key still works, unless it ends before. 0 unless said otherwise', 3600)
  @Optional()
  @IsWhole(0, API_KEY_LIMITS.overlapSeconds)
  overlap_seconds?: number;
}

export class AdminApiKeyQuery extends PageLimitQuery {
  @Field('Keys that are switched on, or those that are switched off or revoked', true)
  @QueryFlag()
  is_active?: boolean;

  toFilter(): ApiKeyFilter {
    return { ...this.toPageRequest(), is_active: this.is_active };
  }
}

export class NewAdminApiKey implements ApiKeyView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000005')
  id!: string;

  @Field('The key itself: shown now and never again', 'eak_dGhpcyBpcyBhIHNhbXBsZSBrZXkgZm9yIGRlbW8')
  api_key!: string;

  @Field('Name', 'Production API Key')
  name!: string;

  @NullableField(String, 'What it is for', 'API key for production environment')
  description!: string | null;

  @Field('How the key begins', 'eak_dGhp')
  key_prefix!: string;

  @Field('What the key may do', ['read', 'write'], {
    type: 'array',
    items: { type: 'string', enum: [...SCOPES] },
  })
  scopes!: readonly Scope[];

  @NullableField([String], 'Projects the key is confined to; null for none')
  project_ids!: readonly string[] | null;

  @Field('Addresses and CIDR ranges it may be used from; none for everywhere', [], { type: [String] })
  allowed_ips!: readonly string[];

  @Field('Requests an hour', 5000)
  rate_limit!: number;

  @Field('Whether it is neither switched off nor revoked', true)
  is_active!: boolean;

  @Field('What has become of it', 'active', { enum: API_KEY_STATUSES })
  status!: ApiKeyStatus;

  @NullableField(String, 'When it ends; null for never', '2024-12-31T23:59:59.000Z')
  expires_at!: string | null;

  @NullableField(String, 'When it was last used; up to some seconds late', '2024-08-04T12:00:00.000Z')
  last_used_at!: string | null;

  @NullableField(String, 'When it was last rotated')
  rotated_at!: string | null;

  @NullableField(String, 'When it was revoked')
  revoked_at!: string | null;

  @Field('Who created it', '019a9e2c-6f00-7000-8000-000000000003')
  created_by!: string;

  @Field('When it was created', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  created_at!: string;

  @Field('When it was last changed', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  updated_at!: string;
}

export class AdminApiKey extends OmitType(NewAdminApiKey, ['api_key']) {}

export function newAdminApiKey({ key, ...view }: NewApiKeyView): NewAdminApiKey {
  return { ...view, api_key: key };
}
