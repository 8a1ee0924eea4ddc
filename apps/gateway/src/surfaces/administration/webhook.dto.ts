import { PartialType } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import {
  WEBHOOK_LIMITS,
  type DeliveryFilter,
  type DeliveryStatus,
  type WebhookFilter,
} from '@signalbox/contracts';
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
  Nullable,
  Optional,
  PageLimitQuery,
  QueryFlag,
  QueryOneOf,
  QueryText,
} from '../../validation';
import { IsEventType } from '../shared/event-type.decorator';

const DELIVERY_STATUSES = ['pending', 'success', 'failed'] as const satisfies readonly DeliveryStatus[];

export class CreateAdminWebhook {
  @Field('Name', 'Production Webhook')
  @IsName()
  name!: string;

  @Field('What it is for', 'Webhook for production notifications')
  @Nullable()
  @IsText(2_000)
  description?: string | null;

  @Field('Project; none means every event, whatever its project', null)
  @Nullable()
  @IsProjectId()
  project_id?: string | null;

  @Field('Where deliveries are sent', 'https://your-app.com/webhook')
  @IsHttpUrl()
  url!: string;

  @Field('Event types to deliver; `document.*` and `*` match many', [
    'knowledge_base.created',
    'document.processed',
  ])
  @IsList(WEBHOOK_LIMITS.events, 1)
  @IsEventPattern({ each: true })
  events!: string[];

  @Field('Signing secret; one is made when none is given. Shown once, in the answer', 'your-webhook-secret')
  @Optional()
  @IsSigningSecret(WEBHOOK_LIMITS.secretMax, WEBHOOK_LIMITS.secretMin)
  secret?: string;

  @Field('Headers sent along with each delivery', { 'X-Custom-Header': 'custom-value' })
  @Optional()
  @IsHeaderMap()
  headers?: Record<string, string>;

  @Field('Whether events are delivered. True unless said otherwise', true)
  @Optional()
  @IsBoolean()
  is_active?: boolean;

  @Field('Seconds an attempt may take, from connecting to the last byte. 30 unless said otherwise', 30)
  @Optional()
  @IsWhole(1, WEBHOOK_LIMITS.timeout)
  timeout?: number;

  @Field('Attempts after the first. 3 unless said otherwise', 3)
  @Optional()
  @IsWhole(0, WEBHOOK_LIMITS.maxRetries)
  retry_count?: number;
}

/** What is left out stays as it is. */
export class UpdateAdminWebhook extends PartialType(CreateAdminWebhook, { skipNullProperties: false }) {}

export class TestAdminWebhook {
  @Field('Event type of the test event; `webhook.test` unless said otherwise', 'knowledge_base.created')
  @Optional()
  @IsEventType()
  event_type?: string;

  @Field('Data of the test event', { test: true, message: 'This is a test webhook delivery' })
  @Optional()
  @IsJsonObject()
  test_payload?: Record<string, unknown>;
}

export class AdminWebhookQuery extends PageLimitQuery {
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

export class AdminDeliveryQuery extends PageLimitQuery {
  @Field('Deliveries in this state only', 'failed')
  @QueryOneOf(DELIVERY_STATUSES)
  status?: DeliveryStatus;

  toFilter(webhookId: string): DeliveryFilter {
    return { ...this.toPageRequest(), webhook_id: webhookId, status: this.status, with_attempts: true };
  }
}
