import type { WebhookView } from '@signalbox/contracts';
import { maskHeaders } from '@signalbox/security';
import type { WebhookEntity } from './webhook.entity';
import type { WebhookStats } from './webhooks.repository';

export const MASK = '********';

/** @param secret what to show for the secret: the secret itself only in the answer that made it */
export function webhookView(
  webhook: WebhookEntity,
  stats: WebhookStats,
  headers: Record<string, string>,
  secret: string = MASK,
): WebhookView {
  return {
    id: webhook.id,
    project_id: webhook.projectId,
    name: webhook.name,
    description: webhook.description,
    url: webhook.url,
    events: webhook.events,
    headers: maskHeaders(headers),
    secret,
    is_active: webhook.isActive,
    disabled_reason: webhook.disabledReason,
    retry_config: {
      max_retries: webhook.maxRetries,
      retry_delay: webhook.retryDelay,
      on_client_error: webhook.onClientError,
    },
    timeout_seconds: webhook.timeoutSeconds,
    last_triggered_at: stats.lastTriggeredAt?.toISOString() ?? null,
    success_count: stats.successCount,
    failure_count: stats.failureCount,
    created_by: webhook.createdBy,
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
  };
}
