import { PartialType } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';
import { WEBHOOK_LIMITS, type ClientErrorPolicy, type WebhookFilter } from '@signalbox/contracts';
import { Field } from '../../openapi/field.decorator';
import {
  IsEventPattern,
  IsHeaderMap,
  IsHttpUrl,
  IsJsonObject,
  IsList,
  IsName,
  IsProjectId,
  IsSigningSecret,
  IsText,
  IsWhole,
  Nested,
  Optional,
  PageSizeQuery,
  QueryFlag,
  QueryText,
} from '../../validation';

export class RetryConfigBody {
  @Field('Attempts after the first. 3 unless said otherwise', 3)
  @Optional()
  @IsWhole(0, WEBHOOK_LIMITS.maxRetries)
  max_retries?: number;

  @Field('Seconds before the first retry; doubles each time, ±25 %, at most 24 h. 5 unless said otherwise', 5)
  @Optional()
  @IsWhole(1, WEBHOOK_LIMITS.retryDelay)
  retry_delay?: number;

  @Field(
    'What a 4xx does: `retry` (unless said otherwise) or `fail`. 408 and 429 always retry, 410 disables',
    'retry',
  )
  @Optional()
  @IsIn(['retry', 'fail'])
  on_client_error?: ClientErrorPolicy;
}

export class CreateServiceWebhook {
  @Field('Project the webhook belongs to', 'project123')
  @IsProjectId()
  project_id!: string;

  @Field('Name', '部署通知')
  @IsName()
  name!: string;

  @Field('Where deliveries are sent', 'https://api.example.com/webhook')
  @IsHttpUrl()
  url!: string;

  @Field('Event types to deliver; `task.*` and `*` match many', ['deployment.completed', 'deployment.failed'])
  @IsList(WEBHOOK_LIMITS.events, 1)
  @IsEventPattern({ each: true })
  events!: string[];

  @Field('Headers sent along with each delivery', { Authorization: 'Bearer token' })
  @Optional()
  @IsHeaderMap()
  headers?: Record<string, string>;

  @Field('Signing secret; one is made when none is given. Shown once, in the answer', 'webhook_secret')
  @Optional()
  @IsSigningSecret(WEBHOOK_LIMITS.secretMax, WEBHOOK_LIMITS.secretMin)
  secret?: string;

  @Field('Whether events are delivered. True unless said otherwise', true)
  @Optional()
  @IsBoolean()
  is_active?: boolean;

  @Field('When and how often a failed delivery is tried again')
  @Optional()
  @Nested(() => RetryConfigBody)
  retry_config?: RetryConfigBody;

  @Field('Seconds an attempt may take, from connecting to the last byte. 30 unless said otherwise', 30)
  @Optional()
  @IsWhole(1, WEBHOOK_LIMITS.timeout)
  timeout_seconds?: number;
}

/** What is left out stays as it is. */
export class UpdateServiceWebhook extends PartialType(CreateServiceWebhook, { skipNullProperties: false }) {}

export class TestServiceWebhook {
  @Field('Data of the test event', { message: '測試消息' })
  @Optional()
  @IsJsonObject()
  test_payload?: Record<string, unknown>;
}

export class RetryServiceWebhook {
  @Field(
    'Entry of the log to send again; without it every exhausted one',
    '019a9e2c-6f00-7000-8000-000000000001',
  )
  @Optional()
  @IsText(255, 1)
  log_id?: string;
}

export class ServiceWebhookQuery extends PageSizeQuery {
  @Field('Webhooks of this project only', 'project123')
  @QueryText()
  project_id?: string;

  @Field('Active or inactive webhooks only', true)
  @QueryFlag()
  is_active?: boolean;

  toFilter(): WebhookFilter {
    return { ...this.toPageRequest(), project_id: this.project_id, is_active: this.is_active };
  }
}

export class PublishQuery {
  @Field('Deliver to webhooks of this project only; a `project_id` in the body does the same', 'project123')
  @QueryText()
  project_id?: string;
}
