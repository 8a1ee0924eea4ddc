import {
  type ConnectorKind,
  USAGE_GRAINS,
  type UsageGrain,
  type UsageLogView,
  type UsagePoint,
  type UsageStatsView,
} from '@signalbox/contracts';
import { Field, ListField, NullableField } from '../../openapi/field.decorator';

const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;

export class UsageFiguresAnswer {
  @Field('Requests', 1250)
  requests!: number;

  @Field('Of those, the ones answered with 400 or above', 12)
  failed!: number;

  @Field('Bytes of the bodies that came', 20480)
  bytes_in!: number;

  @Field('Bytes of the bodies that were answered', 409600)
  bytes_out!: number;

  @NullableField('number', 'Milliseconds a request took, on average; null where there was none', 245.6)
  average_response_time!: number | null;

  @NullableField('number', 'Milliseconds that half of the requests took at most; within 2 %', 120.4)
  p50!: number | null;

  @NullableField('number', 'Milliseconds that 95 % of the requests took at most; within 2 %', 640.1)
  p95!: number | null;

  @NullableField('number', 'Milliseconds that 99 % of the requests took at most; within 2 %', 1210.9)
  p99!: number | null;
}

export class UsagePointAnswer extends UsageFiguresAnswer implements UsagePoint {
  @Field('When the minute, hour or day begins', '2024-08-04T00:00:00.000Z', { format: 'date-time' })
  time!: string;
}

export class RequestsByHour {
  @Field('When the hour begins', '2024-08-04T00:00:00.000Z', { format: 'date-time' })
  hour!: string;

  @Field('Requests', 1250)
  count!: number;
}

export class TopApiKey {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('Name', 'Production Key')
  name!: string;

  @Field('Requests', 25420)
  usage_count!: number;
}

export class UsageStatsAnswer {
  @Field('Beginning of the time, a whole unit of the granularity', '2024-08-01T00:00:00.000Z', {
    format: 'date-time',
  })
  from!: string;

  @Field('End of the time, itself not part of it', '2024-08-05T00:00:00.000Z', { format: 'date-time' })
  to!: string;

  @Field('What a point of the series is', 'hour', { enum: [...USAGE_GRAINS] })
  granularity!: UsageGrain;

  @Field('Requests', 45230)
  total_requests!: number;

  @Field('Requests answered with less than 400', 44156)
  successful_requests!: number;

  @Field('Requests answered with 400 or above', 1074)
  failed_requests!: number;

  @Field('Milliseconds a request took, on average; 0 where there was none', 245.6)
  average_response_time!: number;

  @NullableField('number', 'Milliseconds that half of the requests took at most; within 2 %', 120.4)
  p50!: number | null;

  @NullableField('number', 'Milliseconds that 95 % of the requests took at most; within 2 %', 640.1)
  p95!: number | null;

  @NullableField('number', 'Milliseconds that 99 % of the requests took at most; within 2 %', 1210.9)
  p99!: number | null;

  @Field('Bytes of the bodies that came', 20480)
  bytes_in!: number;

  @Field('Bytes of the bodies that were answered', 409600)
  bytes_out!: number;

  @Field('Requests by endpoint, the 200 busiest', { '/api/v1/webhooks': 15420 }, COUNTS)
  requests_by_endpoint!: Readonly<Record<string, number>>;

  @Field('Requests by status', { '200': 35420, '404': 12 }, COUNTS)
  requests_by_status!: Readonly<Record<string, number>>;

  @ListField(RequestsByHour, 'Requests by hour: the newest 744 hours in which there were any')
  requests_by_hour!: readonly RequestsByHour[];

  @ListField(TopApiKey, 'The ten busiest API keys')
  top_api_keys!: readonly TopApiKey[];

  @ListField(UsagePointAnswer, 'The figures of each minute, hour or day in which there were requests')
  series!: readonly UsagePoint[];
}

export function usageStats({
  totals,
  by_endpoint,
  by_status,
  by_hour,
  ...stats
}: UsageStatsView): UsageStatsAnswer {
  const { requests, failed, average_response_time, ...figures } = totals;
  return {
    ...stats,
    ...figures,
    total_requests: requests,
    successful_requests: requests - failed,
    failed_requests: failed,
    average_response_time: average_response_time ?? 0,
    requests_by_endpoint: by_endpoint,
    requests_by_status: by_status,
    requests_by_hour: by_hour,
  };
}

export class UsageLogAnswer implements UsageLogView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('When the request began', '2024-08-04T12:00:00.000Z', { format: 'date-time' })
  time!: string;

  @Field('`X-Request-Id` of the request', 'req_abc123')
  request_id!: string;

  @Field('Method', 'GET')
  method!: string;

  @Field('Endpoint as it is published; `unmatched` where nothing is served', '/api/v1/webhooks/{id}')
  endpoint!: string;

  @Field('Surface', 'administration')
  surface!: string;

  @Field('Status answered; 499 where the client left before it had the answer', 200)
  status!: number;

  @Field('Milliseconds it took', 12.345)
  duration_ms!: number;

  @Field('Bytes of the body that came', 512)
  bytes_in!: number;

  @Field('Bytes of the body that was answered', 2048)
  bytes_out!: number;

  @NullableField(String, '`user`, `api_key`, or null for nobody in particular', 'api_key')
  caller_kind!: 'user' | 'api_key' | null;

  @NullableField(String, 'Id of the user or API key', '019a9e2c-6f00-7000-8000-000000000001')
  caller_id!: string | null;

  @NullableField(String, 'Name of the user or API key', 'Production Key')
  caller_name!: string | null;

  @NullableField(String, 'Project, where it is known', 'project123')
  project_id!: string | null;

  @NullableField(String, 'Why it was refused or failed', 'NOT_FOUND')
  error_code!: string | null;

  @Field('Address it came from', '203.0.113.7')
  address!: string;
}

export class DashboardAnswer {
  @Field('Integrations', 15)
  total_integrations!: number;

  @Field('Integrations that are active', 12)
  active_integrations!: number;

  @Field('Webhooks', 8)
  total_webhooks!: number;

  @Field('Webhooks that are active', 6)
  active_webhooks!: number;

  @Field('API keys that are not revoked', 25)
  total_api_keys!: number;

  @Field('API keys that work', 20)
  active_api_keys!: number;

  @Field('Requests of the last 24 hours', 15420)
  api_requests_24h!: number;

  @Field('Deliveries of the last 24 hours', 342)
  webhook_deliveries_24h!: number;

  @Field('Per cent of those that have ended which succeeded; 100 where none has', 98.5)
  webhook_success_rate!: number;

  @Field('Integrations by kind', { webhook: 8, api_client: 4, oauth: 3 }, COUNTS)
  integration_by_type!: Readonly<Record<ConnectorKind, number>>;
}
