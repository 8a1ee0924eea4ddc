import { OmitType, PartialType } from '@nestjs/swagger';
import {
  INTEGRATION_ENVIRONMENTS,
  INTEGRATION_LIMITS,
  INTEGRATION_STATUSES,
  INTEGRATION_TYPES,
  type IntegrationChanges,
  type IntegrationEnvironment,
  type IntegrationFilter,
  type IntegrationInput,
  type IntegrationStatus,
  type IntegrationType,
} from '@signalbox/contracts';
import { IsIn } from 'class-validator';
import { Field } from '../../openapi/field.decorator';
import {
  IsJsonObject,
  IsName,
  IsProjectId,
  IsText,
  Nullable,
  Optional,
  QueryOneOf,
  QueryText,
  SkipLimitQuery,
} from '../../validation';

const CONFIGURATION = {
  base_url: 'https://api.stripe.com',
  webhook_url: 'https://api.example.com/webhooks/stripe',
};

export class CreateIntegration implements IntegrationInput {
  @Field('Name', 'Stripe Payment Gateway')
  @IsName(INTEGRATION_LIMITS.name)
  name!: string;

  @Field('Description', 'Integration with Stripe for payment processing')
  @Nullable()
  @IsText(INTEGRATION_LIMITS.description)
  description?: string | null;

  @Field('What the system is for', 'PAYMENT_GATEWAY')
  @IsIn(INTEGRATION_TYPES)
  type!: IntegrationType;

  @Field('Environment; `production` unless said otherwise', 'production')
  @Optional()
  @IsIn(INTEGRATION_ENVIRONMENTS)
  environment?: IntegrationEnvironment;

  @Field(
    'Settings. The provider is known by `provider`, else by the host of `base_url`, else by the name; the schema of each is at `GET /api/v1/integrations/types/{integration_type}/schema`',
    CONFIGURATION,
  )
  @Optional()
  @IsJsonObject()
  configuration?: Record<string, unknown>;

  @Field('Stored encrypted, never shown', { api_key: 'sk_live_51AbCdEfGhIjKlMnOpQrStUvWxYz' })
  @Optional()
  @IsJsonObject()
  credentials?: Record<string, unknown>;

  @Field('Project it belongs to; none unless said otherwise', 'project123')
  @Nullable()
  @IsProjectId()
  project_id?: string | null;
}

/** What is left out stays as it is. */
export class UpdateIntegration
  extends PartialType(OmitType(CreateIntegration, ['type']), { skipNullProperties: false })
  implements IntegrationChanges
{
  @Field('Status. A background test sets it anew; `INACTIVE` stays', 'ACTIVE')
  @Optional()
  @IsIn(INTEGRATION_STATUSES)
  status?: IntegrationStatus;
}

export class IntegrationQuery extends SkipLimitQuery {
  @Field('Of this type only', 'PAYMENT_GATEWAY')
  @QueryOneOf(INTEGRATION_TYPES)
  type?: IntegrationType;

  @Field('Of this status only', 'ACTIVE')
  @QueryOneOf(INTEGRATION_STATUSES)
  status?: IntegrationStatus;

  @Field('Of this environment only', 'production')
  @QueryOneOf(INTEGRATION_ENVIRONMENTS)
  environment?: IntegrationEnvironment;

  @Field('Of this project only', 'project123')
  @QueryText()
  project_id?: string;

  toFilter(): IntegrationFilter {
    const { type, status, environment, project_id } = this;
    return { ...this.toPageRequest(), type, status, environment, project_id };
  }
}
