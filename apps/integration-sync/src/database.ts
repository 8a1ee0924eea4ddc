import type { ServiceDatabase } from '@signalbox/database';
import { dataKeyOf } from '@signalbox/security';
import { IntegrationActivityEntity } from './integrations/integration-activity.entity';
import { IntegrationVersionEntity } from './integrations/integration-version.entity';
import { IntegrationEntity } from './integrations/integration.entity';
import { versionRow } from './integrations/settings-vault';
import { Integrations1763730000000 } from './migrations/1763730000000-integrations';

export const integrationsDatabase: ServiceDatabase = {
  schema: 'integrations',
  entities: [IntegrationEntity, IntegrationVersionEntity, IntegrationActivityEntity],
  migrations: [Integrations1763730000000],
  byIndex: true,
  sealed: [
    {
      table: 'integration_versions',
      key: { integration_id: 'uuid', version: 'integer' },
      column: 'data_key',
      boundTo: ({ integration_id: id = '', version }) => dataKeyOf(versionRow(id, Number(version))),
    },
  ],
};
