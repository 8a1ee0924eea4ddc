import type { ServiceDatabase } from '@signalbox/database';
import { dataKeyOf } from '@signalbox/security';
import { ProviderHookEntity } from './hooks/provider-hook.entity';
import { InboundEndpointEntity } from './inbound/endpoints/inbound-endpoint.entity';
import { boundTo } from './inbound/endpoints/sealing';
import { InboundEventEntity, InboundTotalEntity } from './inbound/events/inbound-event.entity';
import { IntegrationActivityEntity } from './integrations/integration-activity.entity';
import { IntegrationVersionEntity } from './integrations/integration-version.entity';
import { IntegrationEntity } from './integrations/integration.entity';
import { versionRow } from './integrations/settings-vault';
import { Integrations1763730000000 } from './migrations/1763730000000-integrations';
import { Inbound1763730000200 } from './migrations/1763730000200-inbound';
import { ProviderHooks1763730000300 } from './migrations/1763730000300-provider-hooks';
import { EventOutbox1763730000400 } from './migrations/1763730000400-event-outbox';
import { HookSecrets1763730000600 } from './migrations/1763730000600-hook-secrets';

export const integrationsDatabase: ServiceDatabase = {
  schema: 'integrations',
  entities: [
    IntegrationEntity,
    IntegrationVersionEntity,
    IntegrationActivityEntity,
    InboundEndpointEntity,
    InboundEventEntity,
    InboundTotalEntity,
    ProviderHookEntity,
  ],
  migrations: [
    Integrations1763730000000,
    Inbound1763730000200,
    ProviderHooks1763730000300,
    EventOutbox1763730000400,
    HookSecrets1763730000600,
  ],
  byIndex: true,
  sealed: [
    {
      table: 'integration_versions',
      key: { integration_id: 'uuid', version: 'integer' },
      column: 'data_key',
      boundTo: ({ integration_id: id = '', version }) => dataKeyOf(versionRow(id, Number(version))),
    },
    {
      table: 'provider_hooks',
      key: { id: 'uuid', integration_id: 'uuid', settings_version: 'integer' },
      column: 'data_key',
      boundTo: ({ integration_id: id = '', settings_version: version }) =>
        dataKeyOf(versionRow(id, Number(version))),
    },
    ...['secret', 'previous_secret'].map((column) => ({
      table: 'inbound_endpoints',
      key: { id: 'uuid' } as const,
      column,
      boundTo: ({ id = '' }) => boundTo(id),
    })),
  ],
};
