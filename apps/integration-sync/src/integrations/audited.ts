import type { AuditFields } from '@signalbox/contracts';
import type { IntegrationEntity } from './integration.entity';
import type { IntegrationSettings } from './settings-vault';

/** What of an integration is on record. Secrets are masked by their names, credentials altogether. */
export function audited(integration: IntegrationEntity, settings: IntegrationSettings): AuditFields {
  return {
    project_id: integration.projectId,
    name: integration.name,
    description: integration.description,
    type: integration.type,
    provider: integration.provider,
    status: integration.status,
    environment: integration.environment,
    configuration: settings.configuration,
    credentials: settings.credentials,
  };
}
