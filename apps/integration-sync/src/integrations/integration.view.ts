import type { IntegrationStatusView, IntegrationVersionView, IntegrationView } from '@signalbox/contracts';
import { maskSecrets } from '@signalbox/security';
import type { IntegrationVersionEntity } from './integration-version.entity';
import type { IntegrationEntity } from './integration.entity';
import type { Settings } from './settings-vault';

/** @param configuration as it is to be shown: see `shown` */
export function integrationView(integration: IntegrationEntity, configuration: Settings): IntegrationView {
  return {
    id: integration.id,
    project_id: integration.projectId,
    name: integration.name,
    description: integration.description,
    type: integration.type,
    provider: integration.provider,
    status: integration.status,
    environment: integration.environment,
    configuration,
    version: integration.version,
    created_by: integration.createdBy,
    created_at: integration.createdAt.toISOString(),
    updated_at: integration.updatedAt.toISOString(),
    last_connection_test: integration.testedAt?.toISOString() ?? null,
  };
}

export function statusView(integration: IntegrationEntity, configuration: Settings): IntegrationStatusView {
  return {
    integration: integrationView(integration, configuration),
    is_connected: integration.testConnected ?? false,
    last_checked: integration.testedAt?.toISOString() ?? null,
    message: integration.testMessage,
    account: integration.testAccount,
  };
}

export function versionView(row: IntegrationVersionEntity, configuration: Settings): IntegrationVersionView {
  return {
    version: row.version,
    configuration,
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
  };
}

/** A configuration as anybody may see it. */
export function shown(configuration: Settings): Settings {
  return maskSecrets(configuration) as Settings;
}
