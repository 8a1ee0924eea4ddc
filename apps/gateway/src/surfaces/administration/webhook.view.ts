import type {
  AttemptView,
  DeliveryStatus,
  DeliveryView,
  WebhookInput,
  WebhookView,
} from '@signalbox/contracts';
import { Field, ListField, NullableField } from '../../openapi/field.decorator';
import type { UpdateAdminWebhook } from './webhook.dto';

export class AdminWebhook {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @NullableField(String, 'Project; null where it is outside every project')
  project_id!: string | null;

  @Field('Name', 'Production Webhook')
  name!: string;

  @NullableField(String, 'What it is for', 'Webhook for production notifications')
  description!: string | null;

  @Field('Where deliveries are sent', 'https://your-app.com/webhook')
  url!: string;

  @ListField(String, 'Event types delivered', ['knowledge_base.created', 'document.processed'])
  events!: readonly string[];

  @Field('The signing secret in the answer that created or changed it; a mask ever after', '********')
  secret!: string;

  @Field(
    'Headers sent along; secret-looking values are masked',
    { 'X-Custom-Header': 'custom-value' },
    {
      type: 'object',
      additionalProperties: { type: 'string' },
    },
  )
  headers!: Readonly<Record<string, string>>;

  @Field('Whether events are delivered', true)
  is_active!: boolean;

  @NullableField(String, 'Why the hub itself switched it off')
  disabled_reason!: string | null;

  @Field('Seconds an attempt may take', 30)
  timeout!: number;

  @Field('Attempts after the first', 3)
  retry_count!: number;

  @NullableField(String, 'When an event was last delivered', '2024-08-04T12:00:00.000Z')
  last_triggered_at!: string | null;

  @Field('Deliveries that succeeded', 45)
  success_count!: number;

  @Field('Deliveries that failed for good', 2)
  failure_count!: number;

  @Field('Who created it', '019a9e2c-6f00-7000-8000-000000000003')
  created_by!: string;

  @Field('When it was created', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  created_at!: string;

  @Field('When it was last changed', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  updated_at!: string;
}

export function adminWebhook({ timeout_seconds, retry_config, ...webhook }: WebhookView): AdminWebhook {
  return { ...webhook, timeout: timeout_seconds, retry_count: retry_config.max_retries };
}

/** In the domain's names. `retry_count` leaves the rest of the retry settings as it is. */
export function webhookInput<T extends UpdateAdminWebhook>({
  timeout,
  retry_count,
  ...input
}: T): Omit<T, 'timeout' | 'retry_count'> & Pick<WebhookInput, 'timeout_seconds' | 'retry_config'> {
  return {
    ...input,
    timeout_seconds: timeout,
    retry_config: retry_count === undefined ? undefined : { max_retries: retry_count },
  };
}

export class AttemptAnswer implements AttemptView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000004')
  id!: string;

  @Field('From 1, over the whole life of the delivery', 1)
  number!: number;

  @Field('When it began', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  started_at!: string;

  @Field('Milliseconds it took', 42)
  duration_ms!: number;

  @Field('Where it was sent', 'https://your-app.com/webhook')
  request_url!: string;

  @Field(
    'Headers as sent, secrets masked',
    { 'X-EmbedAI-Event': 'knowledge_base.created' },
    {
      type: 'object',
      additionalProperties: { type: 'string' },
    },
  )
  request_headers!: Readonly<Record<string, string>>;

  @NullableField('integer', 'Status the receiver answered', 200)
  status_code!: number | null;

  @Field(
    'Headers the receiver answered',
    { 'content-type': 'text/plain' },
    {
      type: 'object',
      additionalProperties: { type: 'string' },
    },
  )
  response_headers!: Readonly<Record<string, string>>;

  @NullableField(String, 'What the receiver answered, capped', 'ok')
  response_body!: string | null;

  @Field('Whether the answer was longer than what is kept', false)
  response_truncated!: boolean;

  @NullableField(String, 'Why it failed')
  error!: string | null;
}

export class AdminDelivery implements DeliveryView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000001')
  id!: string;

  @Field('Event', '019a9e2c-6f00-7000-8000-000000000002')
  event_id!: string;

  @Field('Event type', 'knowledge_base.created')
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

  @NullableField(String, 'When it is tried again')
  next_attempt_at!: string | null;

  @Field('When the delivery was created', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  created_at!: string;

  @ListField(AttemptAnswer, 'Every attempt, oldest first')
  attempt_log!: readonly AttemptView[];
}

export function adminDelivery(delivery: DeliveryView): AdminDelivery {
  return { ...delivery, attempt_log: delivery.attempt_log ?? [] };
}
