import type { ServiceDatabase } from '@signalbox/database';
import { IntegrationActivityEntity } from './integrations/integration-activity.entity';
import { IntegrationVersionEntity } from './integrations/integration-version.entity';
import { IntegrationEntity } from './integrations/integration.entity';
import { Integrations1763730000000 } from './migrations/1763730000000-integrations';

export const integrationsDatabase: ServiceDatabase = {
  schema: 'integrations',
  entities: [IntegrationEntity, IntegrationVersionEntity, IntegrationActivityEntity],
  migrations: [Integrations1763730000000],
  byIndex: true,
};
