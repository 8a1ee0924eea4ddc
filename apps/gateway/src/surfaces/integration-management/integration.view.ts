import {
  INTEGRATION_ACTIONS,
  INTEGRATION_ENVIRONMENTS,
  INTEGRATION_STATUSES,
  INTEGRATION_TYPES,
  type ConnectionTestView,
  type IntegrationAction,
  type IntegrationActivityView,
  type IntegrationEnvironment,
  type IntegrationStatus,
  type IntegrationStatusView,
  type IntegrationType,
  type IntegrationVersionView,
  type IntegrationView,
} from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';

const ANY_OBJECT = { type: 'object', additionalProperties: true } as const;
const CONFIGURATION = {
  base_url: 'https://api.stripe.com',
  webhook_url: 'https://api.example.com/webhooks/stripe',
};

export class ManagedIntegration {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('Name', 'Stripe Payment Gateway')
  name!: string;

  @NullableField(String, 'Description', 'Integration with Stripe for payment processing')
  description!: string | null;

  @Field('What the system is for', 'PAYMENT_GATEWAY', { enum: [...INTEGRATION_TYPES] })
  type!: IntegrationType;

  @Field('`PENDING` until the connection is tested', 'ACTIVE', { enum: [...INTEGRATION_STATUSES] })
  status!: IntegrationStatus;

  @Field('Environment', 'production', { enum: [...INTEGRATION_ENVIRONMENTS] })
  environment!: IntegrationEnvironment;

  @Field(
    'Settings; secret-looking values are masked but in the answer to whoever has just given them',
    CONFIGURATION,
    ANY_OBJECT,
  )
  configuration!: Readonly<Record<string, unknown>>;

  @Field('Project it belongs to; left out where there is none', 'project123', { required: false })
  project_id?: string;

  @Field('When it was created', '2025-03-15T06:30:45.123Z', { format: 'date-time' })
  created_at!: string;

  @Field('When it was last changed', '2025-03-15T06:35:12.456Z', { format: 'date-time' })
  updated_at!: string;

  @NullableField(String, 'When its connection was last tested', '2025-03-15T06:35:12.456Z')
  last_connection_test!: string | null;
}

export function managedIntegration(view: IntegrationView): ManagedIntegration {
  return {
    id: view.id,
    name: view.name,
    description: view.description,
    type: view.type,
    status: view.status,
    environment: view.environment,
    configuration: view.configuration,
    ...(view.project_id !== null && { project_id: view.project_id }),
    created_at: view.created_at,
    updated_at: view.updated_at,
    last_connection_test: view.last_connection_test,
  };
}

export class ConnectionTestAnswer implements ConnectionTestView {
  @Field('Whether the provider was reached and took the credentials', true)
  success!: boolean;

  @NullableField(String, 'Why not', 'Failed to connect: 401 - the credentials were refused')
  message!: string | null;
}

export class IntegrationStatusAnswer {
  @Field('The type in lower case', 'payment_gateway')
  service_type!: string;

  @Field('Provider', 'stripe')
  provider!: string;

  @Field('Whether the last connection test succeeded', true)
  is_connected!: boolean;

  @NullableField(String, 'When that was', '2025-03-15T08:50:15.123Z')
  last_checked!: string | null;

  @Field(
    'What the provider told: `account`; or `error`, why the test failed',
    { account: { name: 'Example Company', email: 'billing@example.com', country: 'US' } },
    ANY_OBJECT,
  )
  details!: Readonly<Record<string, unknown>>;

  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  integration_id!: string;

  @Field('Name', 'Stripe Payment Gateway')
  integration_name!: string;

  @Field('Type', 'PAYMENT_GATEWAY', { enum: [...INTEGRATION_TYPES] })
  integration_type!: IntegrationType;

  @Field('Status', 'ACTIVE', { enum: [...INTEGRATION_STATUSES] })
  integration_status!: IntegrationStatus;

  @Field('Environment', 'production', { enum: [...INTEGRATION_ENVIRONMENTS] })
  integration_environment!: IntegrationEnvironment;

  @NullableField(String, 'When its connection was last tested', '2025-03-15T06:35:12.456Z')
  last_connection_test!: string | null;
}

export function integrationStatus(view: IntegrationStatusView): IntegrationStatusAnswer {
  const { integration, account, message } = view;
  return {
    service_type: integration.type.toLowerCase(),
    provider: integration.provider,
    is_connected: view.is_connected,
    last_checked: view.last_checked,
    details: { ...(account && { account }), ...(message !== null && { error: message }) },
    integration_id: integration.id,
    integration_name: integration.name,
    integration_type: integration.type,
    integration_status: integration.status,
    integration_environment: integration.environment,
    last_connection_test: integration.last_connection_test,
  };
}

export class IntegrationVersionAnswer implements IntegrationVersionView {
  @Field('Number; the highest is in force', 2)
  version!: number;

  @Field('Settings; secret-looking values are masked', CONFIGURATION, ANY_OBJECT)
  configuration!: Readonly<Record<string, unknown>>;

  @Field('When it was made', '2025-03-15T08:45:30.789Z', { format: 'date-time' })
  created_at!: string;

  @Field('Who made it', '019a9e2c-6f00-7000-8000-000000000003')
  created_by!: string;
}

export class IntegrationActivityAnswer implements IntegrationActivityView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000004')
  id!: string;

  @Field('What was done', 'updated', { enum: [...INTEGRATION_ACTIONS] })
  action!: IntegrationAction;

  @Field('Who did it; `system` for the hub itself', '019a9e2c-6f00-7000-8000-000000000003')
  actor!: string;

  @Field(
    'What came of it: the names of changed fields, the result of a test',
    { fields: ['configuration'], version: 2 },
    ANY_OBJECT,
  )
  details!: Readonly<Record<string, unknown>>;

  @Field('When', '2025-03-15T08:45:30.789Z', { format: 'date-time' })
  created_at!: string;
}
