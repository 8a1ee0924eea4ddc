import type {
  ClientErrorPolicy,
  DeliveryStatus,
  DeliveryView,
  RetryConfig,
  WebhookView,
} from '@signalbox/contracts';
import { Field, ListField, NullableField } from '../../openapi/field.decorator';

export class RetryConfigAnswer implements RetryConfig {
  @Field('Attempts after the first', 3)
  max_retries!: number;

  @Field('Seconds before the first retry', 5)
  retry_delay!: number;

  @Field('What a 4xx does', 'retry', { enum: ['retry', 'fail'] })
  on_client_error!: ClientErrorPolicy;
}

export class ServiceWebhook {
  @Field('Id', 'webhook_id')
  id!: string;

  @NullableField(String, 'Project; null where it is outside every project', 'project_id')
  project_id!: string | null;

  @Field('Name', '項目部署通知')
  name!: string;

  @Field('Where deliveries are sent', 'https://api.example.com/webhook')
  url!: string;

  @ListField(String, 'Event types delivered', ['deployment.completed', 'deployment.failed'])
  events!: readonly string[];

  @Field(
    'Headers sent along; secret-looking values are masked',
    { Authorization: '********' },
    {
      type: 'object',
      additionalProperties: { type: 'string' },
    },
  )
  headers!: Readonly<Record<string, string>>;

  @Field('The signing secret in the answer that created or changed it; a mask ever after', '********')
  secret!: string;

  @Field('Whether events are delivered', true)
  is_active!: boolean;

  @NullableField(String, 'Why the hub itself switched it off')
  disabled_reason!: string | null;

  @Field('When and how often a failed delivery is tried again', undefined, { type: RetryConfigAnswer })
  retry_config!: RetryConfig;

  @Field('Seconds an attempt may take', 30)
  timeout_seconds!: number;

  @NullableField(String, 'When an event was last delivered', '2025-01-09T10:30:00.000Z')
  last_triggered_at!: string | null;

  @Field('Deliveries that succeeded', 45)
  success_count!: number;

  @Field('Deliveries that failed for good', 2)
  failure_count!: number;

  @Field('Who created it', 'user_id')
  created_by!: string;

  @Field('When it was created', '2025-01-08T10:30:00.000Z', { format: 'date-time' })
  created_at!: string;

  @Field('When it was last changed', '2025-01-08T10:30:00.000Z', { format: 'date-time' })
  updated_at!: string;
}

export function serviceWebhook({
  description: _administrationOnly,
  ...webhook
}: WebhookView): ServiceWebhook {
  return webhook;
}

export class ServiceDelivery {
  @Field('Id of the entry; `log_id` of a retry', '019a9e2c-6f00-7000-8000-000000000001')
  id!: string;

  @Field('Event', '019a9e2c-6f00-7000-8000-000000000002')
  event_id!: string;

  @Field('Event type', 'deployment.completed')
  event_type!: string;

  @Field('State of the delivery', 'success', { enum: ['pending', 'success', 'failed'] })
  status!: DeliveryStatus;

  @Field('Attempts made so far', 1)
  attempts!: number;

  @NullableField('integer', 'Status of the last answer', 200)
  status_code!: number | null;

  @NullableField('integer', 'Milliseconds of the last attempt', 42)
  duration_ms!: number | null;

  @NullableField(String, 'Why the last attempt failed')
  error!: string | null;

  @Field('When the delivery was created', '2025-01-09T10:30:00.000Z', { format: 'date-time' })
  created_at!: string;
}

export function serviceDelivery({
  next_attempt_at: _next,
  attempt_log: _attempts,
  ...delivery
}: DeliveryView): ServiceDelivery {
  return delivery;
}

export class RetriedAnswer {
  @Field('Deliveries that are sent again', 1)
  retried!: number;
}

export class PublishedAnswer {
  @Field('Event', '019a9e2c-6f00-7000-8000-000000000002')
  event_id!: string;

  @Field('Event type', 'deployment.completed')
  event_type!: string;

  @Field('Webhooks it is delivered to', 2)
  deliveries!: number;
}
