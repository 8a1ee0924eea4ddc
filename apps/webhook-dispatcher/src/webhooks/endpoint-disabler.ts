import { Injectable } from '@nestjs/common';
import { AuditOutbox } from '@signalbox/audit';
import { SYSTEM, webhookChanged } from '@signalbox/contracts';
import { Database, newId } from '@signalbox/database';
import { Notices } from '@signalbox/rpc';
import { EventsRepository } from '../events/events.repository';
import { publishedBody } from '../events/published-body';

/** Switches a webhook off for what its endpoint said; that it happened is itself an event, stored with it. */
@Injectable()
export class EndpointDisabler {
  constructor(
    private readonly database: Database,
    private readonly events: EventsRepository,
    private readonly notices: Notices,
    private readonly audit: AuditOutbox,
  ) {}

  /** The endpoint answered 410. Once only: a webhook that is off already stays as it is. */
  async disableGone(webhookId: string): Promise<void> {
    const disabled = await this.database.transaction(async (client) => {
      const { rows } = await client.query<{ name: string; project_id: string | null; url: string }>(
        `UPDATE webhooks SET is_active = false, disabled_reason = 'gone', version = version + 1, updated_at = now()
         WHERE id = $1 AND is_active RETURNING name, project_id, url`,
        [webhookId],
      );
      const [webhook] = rows;
      if (webhook === undefined) return false;
      await this.audit.note(client, {
        action: 'webhooks.disable',
        resourceId: webhookId,
        before: { is_active: true, disabled_reason: null },
        after: { is_active: false, disabled_reason: 'gone' },
        actor: SYSTEM,
      });
      const id = newId();
      const type = 'webhook.endpoint.disabled';
      const data = { webhook_id: webhookId, name: webhook.name, url: webhook.url, reason: 'gone' };
      await this.events.store(
        [
          {
            id,
            type,
            projectId: webhook.project_id,
            audience: webhook.project_id === null ? [] : [webhook.project_id],
            body: publishedBody({
              type,
              timestamp: new Date().toISOString(),
              data: JSON.stringify(data),
              source: 'system',
              requestId: id,
            }),
            createdBy: SYSTEM.id,
          },
        ],
        { dispatcherId: id, open: false, saturated: [] },
        client,
      );
      return true;
    });
    if (disabled) this.notices.tell(webhookChanged, { id: webhookId });
  }
}
