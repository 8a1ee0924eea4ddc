import { IsBoolean, IsIn } from 'class-validator';
import {
  FORWARD_FORMATS,
  type ForwardFormat,
  type HookWish,
  HEADER_NAME,
  INBOUND_LIMITS,
  INBOUND_PATH,
  INBOUND_STATUSES,
  type InboundEndpointChanges,
  type InboundEndpointFilter,
  type InboundEndpointInput,
  type InboundEventFilter,
  type InboundRule,
  type InboundStatus,
} from '@signalbox/contracts';
import { Field } from '../../openapi/field.decorator';
import {
  IsEventPattern,
  IsLine,
  IsList,
  IsName,
  IsSigningSecret,
  IsText,
  IsWhole,
  Nested,
  NestedList,
  Nullable,
  Optional,
  QueryFlag,
  QueryOneOf,
  QueryText,
  Rule,
  SkipLimitQuery,
} from '../../validation';
import { IsAddressRanges } from '../shared/api-key.decorators';
import { IsEventType } from '../shared/event-type.decorator';

const IsPath = (): PropertyDecorator =>
  Rule('inboundPath', (value) => typeof value === 'string' && INBOUND_PATH.test(value), 'inbound_path');

const IsHeaderName = (): PropertyDecorator =>
  Rule('headerName', (value) => typeof value === 'string' && HEADER_NAME.test(value), 'header_name');

const IsSecret = (): PropertyDecorator => IsSigningSecret(INBOUND_LIMITS.secretMax, INBOUND_LIMITS.secretMin);

export class InboundRuleBody {
  @Field('Which events: their types, `github.push`; `github.*` and `*` match many', ['github.pull_request.*'])
  @IsList(INBOUND_LIMITS.patterns, 1)
  @IsEventPattern({ each: true })
  events!: string[];

  @Field('Where they go', 'webhooks')
  @Optional()
  @IsIn(['webhooks'])
  to?: 'webhooks';

  @Field(
    'Type under which they are published instead of their own; null for their own',
    'deployment.completed',
  )
  @Nullable()
  @IsEventType()
  event_type?: string | null;

  @Field('`normalized` unless said otherwise; `cloudevents`: the data is a CloudEvent', 'normalized')
  @Optional()
  @IsIn(FORWARD_FORMATS)
  format?: ForwardFormat;

  @Field('Whether what the provider sent goes along. False unless said otherwise', false)
  @Optional()
  @IsBoolean()
  include_payload?: boolean;
}

export class RegisterHookBody {
  @Field('Events as the provider names them; without any what it sends without being told', ['push'])
  @Optional()
  @IsList(INBOUND_LIMITS.hookEvents)
  @IsLine(INBOUND_LIMITS.hookEvent, 1, { each: true })
  events?: string[];
}

class EndpointFields {
  @Field('Description', 'Webhook for Stripe payment events')
  @Nullable()
  @IsText(INBOUND_LIMITS.description)
  description?: string | null;

  @Field('Last part of the address; one is made when none is given', 'stripe-payments')
  @Optional()
  @IsPath()
  path?: string;

  @Field(
    'What the provider signs with; one is made when none is given. Never shown',
    'whsec_custom_secret_abcdefghijklmnopqrstuvwxyz',
  )
  @Optional()
  @IsSecret()
  secret?: string;

  @Field('Whether deliveries are taken. True unless said otherwise', true)
  @Optional()
  @IsBoolean()
  active?: boolean;

  @Field('Whether deliveries must be signed. True unless said otherwise', true)
  @Optional()
  @IsBoolean()
  verify_signature?: boolean;

  @Field(
    'Header with the signature, which tells the scheme. `webhook-signature` unless said otherwise',
    'Stripe-Signature',
  )
  @Optional()
  @IsHeaderName()
  signature_header?: string;

  @Field('Addresses and CIDR ranges that may deliver; none for everywhere', ['198.51.100.0/24'])
  @Optional()
  @IsAddressRanges()
  allowed_ips?: string[];

  @Field('Deliveries a minute; null for the limit of the hub', 600)
  @Nullable()
  @IsWhole(1, INBOUND_LIMITS.rate)
  rate_limit?: number | null;

  @Field(
    'What becomes of events. Without any given everything goes out to webhooks under its own type; with an empty list nothing does',
    [{ events: ['github.pull_request.*'], format: 'normalized' }],
  )
  @Optional()
  @NestedList(() => InboundRuleBody, INBOUND_LIMITS.rules)
  rules?: InboundRuleBody[];

  @Field(
    'The hub sets the webhook up at the provider, with the credentials of the integration, and keeps it as the endpoint is; null for not (any more)',
    { events: ['push', 'pull_request'] },
  )
  @Nullable()
  @Nested(() => RegisterHookBody)
  register?: RegisterHookBody | null;
}

export class CreateInboundEndpoint extends EndpointFields {
  @Field('Integration that it belongs to', '019a9e2c-6f00-7000-8000-000000000001')
  @IsText(255, 1)
  integration_id!: string;

  @Field('Name', 'Stripe Payment Events')
  @IsName(INBOUND_LIMITS.name)
  name!: string;

  toInput(): InboundEndpointInput {
    return { ...this, rules: this.rules?.map(rule), register: wish(this.register) };
  }
}

/** What is left out stays as it is. */
export class UpdateInboundEndpoint extends EndpointFields {
  @Field('Name', 'Stripe Payment Events (Updated)')
  @Optional()
  @IsName(INBOUND_LIMITS.name)
  name?: string;

  @Field('Seconds that the old secret stays good where another is given. 0 unless said otherwise', 3600)
  @Optional()
  @IsWhole(0, INBOUND_LIMITS.overlap)
  overlap_seconds?: number;

  toChanges(): InboundEndpointChanges {
    return { ...this, rules: this.rules?.map(rule), register: wish(this.register) };
  }
}

export class RotateInboundSecret {
  @Field('Seconds that the old secret stays good. 0 unless said otherwise', 86_400)
  @Optional()
  @IsWhole(0, INBOUND_LIMITS.overlap)
  overlap_seconds?: number;
}

export class InboundEndpointQuery {
  @Field('Endpoints of this integration only', '019a9e2c-6f00-7000-8000-000000000001')
  @QueryText()
  integration_id?: string;

  @Field('Active or inactive ones only', true)
  @QueryFlag()
  active?: boolean;

  toFilter(): InboundEndpointFilter {
    return { integration_id: this.integration_id, active: this.active };
  }
}

export class InboundEventQuery extends SkipLimitQuery {
  @Field('Events in this state only; `failed` are the dead letters', 'failed')
  @QueryOneOf(INBOUND_STATUSES)
  status?: InboundStatus;

  @Field('Events of this type, or whose type begins with it, only', 'github.pull_request')
  @QueryText()
  event_type?: string;

  toFilter(endpointId: string): InboundEventFilter {
    return {
      ...this.toPageRequest(),
      endpoint_id: endpointId,
      status: this.status,
      event_type: this.event_type,
    };
  }
}

function wish(body: RegisterHookBody | null | undefined): HookWish | null | undefined {
  return body && { events: [...new Set(body.events ?? [])] };
}

function rule(body: InboundRuleBody): InboundRule {
  return {
    events: body.events,
    to: body.to ?? 'webhooks',
    event_type: body.event_type ?? null,
    format: body.format ?? 'normalized',
    include_payload: body.include_payload ?? false,
  };
}
