import type { ServiceDatabase } from '@signalbox/database';
import { AttemptEntity, DeliveryEntity, DispatcherEntity } from './deliveries/delivery.entity';
import { EventTypeEntity } from './event-types/event-type.entity';
import { EventEntity } from './events/event.entity';
import { Spine1763700000000 } from './migrations/1763700000000-spine';
import { AuditOutbox1763720000100 } from './migrations/1763720000100-audit-outbox';
import { AttemptCounts1763720000200 } from './migrations/1763720000200-attempt-counts';
import { TestDeliveries1763720000300 } from './migrations/1763720000300-test-deliveries';
import { EncryptionCanary1763730000000 } from './migrations/1763730000000-encryption-canary';
import { boundTo } from './webhooks/sealing';
import { WebhookEntity, WebhookStatsEntity } from './webhooks/webhook.entity';

export const webhooksDatabase: ServiceDatabase = {
  schema: 'webhooks',
  entities: [
    WebhookEntity,
    WebhookStatsEntity,
    EventTypeEntity,
    EventEntity,
    DeliveryEntity,
    AttemptEntity,
    DispatcherEntity,
  ],
  migrations: [
    Spine1763700000000,
    AuditOutbox1763720000100,
    AttemptCounts1763720000200,
    TestDeliveries1763720000300,
    EncryptionCanary1763730000000,
  ],
  byIndex: true,
  sealed: (['secret', 'headers'] as const).map((column) => ({
    table: 'webhooks',
    key: { id: 'uuid' },
    column,
    boundTo: ({ id = '' }) => boundTo(id, column),
  })),
};
