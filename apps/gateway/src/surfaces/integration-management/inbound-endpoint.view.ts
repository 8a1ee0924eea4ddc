import type {
  ForwardFormat,
  HookStatus,
  HookView,
  InboundEndpointView,
  InboundEventRawView,
  InboundEventView,
  InboundRule,
  InboundStatus,
  NormalizedEvent,
} from '@signalbox/contracts';
import { FORWARD_FORMATS, HOOK_STATUSES, INBOUND_STATUSES } from '@signalbox/contracts';
import { Field, ListField, NullableField } from '../../openapi/field.decorator';

const TIME = { format: 'date-time' } as const;

export class InboundRuleAnswer implements InboundRule {
  @ListField(String, 'Which events', ['github.pull_request.*'])
  events!: readonly string[];

  @Field('Where they go', 'webhooks', { enum: ['webhooks'] })
  to!: 'webhooks';

  @NullableField(String, 'Type under which they are published; null for their own')
  event_type!: string | null;

  @Field('Form of their data', 'normalized', { enum: [...FORWARD_FORMATS] })
  format!: ForwardFormat;

  @Field('Whether what the provider sent goes along', false)
  include_payload!: boolean;
}

export class HookAnswer implements HookView {
  @Field('`failed`: nothing more is tried until the endpoint or its integration is changed', 'registered', {
    enum: [...HOOK_STATUSES],
  })
  status!: HookStatus;

  @ListField(String, 'Events as the provider names them; none for what it sends without being told', ['push'])
  events!: readonly string[];

  @NullableField(String, 'Id of the webhook at the provider', '12345678')
  hook_id!: string | null;

  @NullableField(String, 'What went wrong last')
  error!: string | null;

  @NullableField(String, 'When this was last so', '2025-03-15T09:00:01.000Z')
  updated_at!: string | null;
}

export class InboundEndpointAnswer implements InboundEndpointView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000001')
  id!: string;

  @Field('Integration that it belongs to', '019a9e2c-6f00-7000-8000-000000000002')
  integration_id!: string;

  @Field('Name', 'Stripe Payment Events')
  name!: string;

  @NullableField(String, 'Description', 'Webhook for Stripe payment events')
  description!: string | null;

  @Field('Last part of the address', 'stripe-payments')
  path!: string;

  @Field('Whether deliveries are taken', true)
  active!: boolean;

  @Field('Whether deliveries must be signed', true)
  verify_signature!: boolean;

  @Field('Header with the signature, which tells the scheme', 'Stripe-Signature')
  signature_header!: string;

  @ListField(String, 'Addresses that may deliver; none for everywhere', [])
  allowed_ips!: readonly string[];

  @NullableField('integer', 'Deliveries a minute; null for the limit of the hub')
  rate_limit!: number | null;

  @Field('What becomes of events', undefined, { type: [InboundRuleAnswer] })
  rules!: readonly InboundRule[];

  @NullableField(String, 'Until when the secret before the last rotation is good')
  previous_secret_until!: string | null;

  @Field('What became of setting the webhook up at the provider', undefined, { type: HookAnswer })
  registration!: HookView;

  @Field('When it was created', '2025-03-15T09:00:00.000Z', TIME)
  created_at!: string;

  @Field('When it was last changed', '2025-03-15T09:00:00.000Z', TIME)
  updated_at!: string;
}

export class RotatedSecretAnswer {
  @Field('The new secret. Shown only here', 'whsec_new_secret_abcdefghijklmnopqrstuvwxyz')
  secret!: string;
}

export class InboundEventAnswer implements InboundEventView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000003')
  id!: string;

  @Field('Endpoint that it was delivered to', '019a9e2c-6f00-7000-8000-000000000001')
  endpoint_id!: string;

  @Field('Who sent it', 'github')
  provider!: string;

  @NullableField(String, 'What a repeated delivery is known by', '72d3162e-cc78-11e3-81ab-4c9367dc0958')
  delivery_id!: string | null;

  @Field('Type under which it goes out', 'github.pull_request.opened')
  event_type!: string;

  @Field('Event as the provider names it', 'pull_request')
  event!: string;

  @NullableField(String, 'What the provider says of it besides', 'opened')
  action!: string | null;

  @Field('Events that the delivery told of', 1)
  parts!: number;

  @Field('State', 'processed', { enum: [...INBOUND_STATUSES] })
  status!: InboundStatus;

  @NullableField(String, 'Why it failed or was ignored')
  reason!: string | null;

  @Field('Attempts at processing it', 1)
  attempts!: number;

  @NullableField(String, 'When it is processed next')
  next_attempt_at!: string | null;

  @Field('When it came', '2025-03-15T09:00:00.000Z', TIME)
  received_at!: string;

  @NullableField(String, 'When processing it ended', '2025-03-15T09:00:00.042Z')
  processed_at!: string | null;
}

export class RawInboundEventAnswer extends InboundEventAnswer implements InboundEventRawView {
  @Field('Method', 'POST')
  method!: string;

  @Field(
    'Address that was called, secrets masked',
    'https://hub.example.com/integration-management/webhooks/receive/x',
  )
  url!: string;

  @Field('Headers in their order, secrets masked', [['x-github-event', 'pull_request']], {
    type: 'array',
    items: { type: 'array', items: { type: 'string' } },
  })
  headers!: readonly (readonly [string, string])[];

  @Field('How the body is shown', 'utf8', { enum: ['utf8', 'base64'] })
  body_encoding!: 'utf8' | 'base64';

  @Field('The body, byte for byte', '{"action":"opened"}')
  body!: string;

  @Field('What it tells in the words of the hub; of many at most the first hundred', undefined, {
    type: 'array',
    items: { type: 'object', additionalProperties: true },
  })
  normalized!: readonly NormalizedEvent[];
}

export class ReplayedAnswer {
  @Field('Events that are processed again', 1)
  replayed!: number;
}
