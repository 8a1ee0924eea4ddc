import type { DispatcherHealth } from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';

export class HealthAnswer implements DispatcherHealth {
  @Field('`degraded`: a part is down and the hub still serves', 'healthy', {
    enum: ['healthy', 'degraded', 'unhealthy'],
  })
  status!: 'healthy' | 'degraded' | 'unhealthy';

  @Field('Name of the service', 'integration-service')
  service!: string;

  @Field('When it was looked at', '2025-01-09T10:30:00.000Z', { format: 'date-time' })
  timestamp!: string;

  @Field('Version of the hub', '1.0.0')
  version!: string;

  @Field('PostgreSQL', 'connected', { enum: ['connected', 'disconnected'] })
  database!: DispatcherHealth['database'];

  @Field('Redis; `embedded` where none is configured', 'connected', {
    enum: ['connected', 'disconnected', 'embedded'],
  })
  cache!: DispatcherHealth['cache'];

  @NullableField('integer', 'Active webhooks; null while nobody can count them', 15)
  webhooks_active!: number | null;

  @NullableField('integer', 'Active integrations; null while nobody can count them', 8)
  integrations_active!: number | null;

  @Field('Installed plugins', 12)
  plugins_installed!: number;
}
