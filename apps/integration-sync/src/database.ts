import type { ServiceDatabase } from '@signalbox/database';
import { InboundEndpointEntity } from './inbound/endpoints/inbound-endpoint.entity';
import { InboundEventEntity, InboundTotalEntity } from './inbound/events/inbound-event.entity';
import { IntegrationActivityEntity } from './integrations/integration-activity.entity';
import { IntegrationVersionEntity } from './integrations/integration-version.entity';
import { IntegrationEntity } from './integrations/integration.entity';
import { Integrations1763730000000 } from './migrations/1763730000000-integrations';
import { Inbound1763730000200 } from './migrations/1763730000200-inbound';

export const integrationsDatabase: ServiceDatabase = {
  schema: 'integrations',
  entities: [
    IntegrationEntity,
    IntegrationVersionEntity,
    IntegrationActivityEntity,
    InboundEndpointEntity,
    InboundEventEntity,
    InboundTotalEntity,
  ],
  migrations: [Integrations1763730000000, Inbound1763730000200],
  byIndex: true,
};
