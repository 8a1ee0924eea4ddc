import type { IntegrationStatus } from '@signalbox/contracts';
import type { PlatformEvent } from '../event-outbox/event-outbox';
import type { IntegrationEntity } from './integration.entity';

/**
 * @param by who changed it, the hub itself for a test in the background
 * @param message why the last test failed, where a test changed it
 */
export function statusChanged(
  after: IntegrationEntity,
  before: IntegrationStatus,
  by: string,
  message: string | null = null,
): PlatformEvent {
  return {
    type: 'integration.status.changed',
    projectId: after.projectId,
    data: {
      integration_id: after.id,
      project_id: after.projectId,
      name: after.name,
      type: after.type,
      provider: after.provider,
      environment: after.environment,
      previous_status: before,
      status: after.status,
      message,
      changed_by: by,
      changed_at: after.updatedAt.toISOString(),
    },
  };
}
