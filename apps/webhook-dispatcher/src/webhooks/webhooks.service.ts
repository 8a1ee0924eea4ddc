import { Inject, Injectable } from '@nestjs/common';
import {
  type CallContext,
  DEFAULT_RETRY_CONFIG,
  DEFAULT_TIMEOUT_SECONDS,
  DomainError,
  type Page,
  type Principal,
  sees,
  type WebhookFilter,
  type WebhookInput,
  type WebhookView,
  webhookChanged,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { Notices } from '@signalbox/rpc';
import { generateWebhookSecret, isSecretName, OutboundClient, SecretBox } from '@signalbox/security';
import { EventTypesService } from '../event-types/event-types.service';
import { openHeaders, sealHeaders, sealSecret } from './sealing';
import type { WebhookEntity } from './webhook.entity';
import { MASK, webhookView } from './webhook.view';
import { validate as isUuid } from 'uuid';
import { WebhooksRepository } from './webhooks.repository';

/** Set by the hub on every delivery: a webhook's own headers may not stand in for them. */
const RESERVED_HEADERS =
  /^(host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|user-agent|expect|keep-alive|proxy-.*|webhook-(id|timestamp|signature))$/i;

/** Subscriptions: who wants which events where. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly eventTypes: EventTypesService,
    private readonly box: SecretBox,
    private readonly outbound: OutboundClient,
    private readonly notices: Notices,
    @Inject('BRAND') private readonly brand: string,
  ) {}

  async create(input: WebhookInput, context: CallContext): Promise<WebhookView> {
    const projectId = input.project_id ?? null;
    if (!sees(context.principal, projectId)) throw DomainError.notFound('resource');
    await this.check(input);
    const id = context.idempotencyId ?? newId();
    const secret = input.secret ?? generateWebhookSecret();
    const now = new Date();
    const webhook: WebhookEntity = {
      id,
      projectId,
      name: input.name,
      description: input.description ?? null,
      url: input.url,
      events: [...new Set(input.events)],
      headers: sealHeaders(this.box, id, unmasked(input.headers ?? {}, {})),
      secret: sealSecret(this.box, id, secret),
      isActive: input.is_active ?? true,
      disabledReason: null,
      maxRetries: input.retry_config?.max_retries ?? DEFAULT_RETRY_CONFIG.max_retries,
      retryDelay: input.retry_config?.retry_delay ?? DEFAULT_RETRY_CONFIG.retry_delay,
      onClientError: input.retry_config?.on_client_error ?? DEFAULT_RETRY_CONFIG.on_client_error,
      timeoutSeconds: input.timeout_seconds ?? DEFAULT_TIMEOUT_SECONDS,
      version: 1,
      createdBy: context.principal.id,
      createdAt: now,
      updatedAt: now,
    };
    if (!(await this.webhooks.insert(webhook))) return await this.get(id, context.principal);
    return await this.show(webhook, secret);
  }

  async list(filter: WebhookFilter, principal: Principal): Promise<Page<WebhookView>> {
    const { items, total } = await this.webhooks.page({
      projectId: filter.project_id,
      isActive: filter.is_active,
      visibleProjects: principal.projects,
      offset: (filter.page - 1) * filter.size,
      limit: filter.size,
    });
    return {
      items: items.map(({ webhook, stats }) => webhookView(webhook, stats, openHeaders(this.box, webhook))),
      total,
      page: filter.page,
      size: filter.size,
    };
  }

  async get(id: string, principal: Principal): Promise<WebhookView> {
    const found = isUuid(id) ? await this.webhooks.findCounted(id) : null;
    if (found === null || !sees(principal, found.webhook.projectId)) throw DomainError.notFound('webhook');
    return webhookView(found.webhook, found.stats, openHeaders(this.box, found.webhook));
  }

  async update(id: string, changes: Partial<WebhookInput>, principal: Principal): Promise<WebhookView> {
    const webhook = await this.visible(id, principal);
    if (changes.project_id !== undefined && !sees(principal, changes.project_id)) {
      throw DomainError.notFound('resource');
    }
    await this.check(changes);
    const { retry_config: retry } = changes;
    const patch: Partial<WebhookEntity> = defined({
      projectId: changes.project_id,
      name: changes.name,
      description: changes.description,
      url: changes.url,
      events: changes.events && [...new Set(changes.events)],
      headers:
        changes.headers &&
        sealHeaders(this.box, id, unmasked(changes.headers, openHeaders(this.box, webhook))),
      secret: changes.secret === undefined ? undefined : sealSecret(this.box, id, changes.secret),
      isActive: changes.is_active,
      disabledReason: changes.is_active === undefined ? undefined : null,
      maxRetries: retry?.max_retries,
      retryDelay: retry?.retry_delay,
      onClientError: retry?.on_client_error,
      timeoutSeconds: changes.timeout_seconds,
    });
    const updated = await this.webhooks.update(webhook, patch);
    // Somebody else's change came first: this one is made on top of theirs.
    if (updated === null) return await this.update(id, changes, principal);
    this.notices.tell(webhookChanged, { id });
    return await this.show(updated, changes.secret);
  }

  async remove(id: string, principal: Principal): Promise<{ id: string; deleted: true }> {
    await this.webhooks.remove(await this.visible(id, principal));
    this.notices.tell(webhookChanged, { id });
    return { id, deleted: true };
  }

  /** @throws DomainError NOT_FOUND also for what the caller may not see */
  async visible(id: string, principal: Principal): Promise<WebhookEntity> {
    const webhook = isUuid(id) ? await this.webhooks.find(id) : null;
    if (webhook === null || !sees(principal, webhook.projectId)) throw DomainError.notFound('webhook');
    return webhook;
  }

  private async show(webhook: WebhookEntity, secret?: string): Promise<WebhookView> {
    const stats = await this.webhooks.statsOf(webhook.id);
    return webhookView(webhook, stats, openHeaders(this.box, webhook), secret);
  }

  private async check(input: Partial<WebhookInput>): Promise<void> {
    if (input.url !== undefined) {
      const refused = this.outbound.checkUrl(input.url);
      if (refused !== null) throw DomainError.invalid({ field: 'url', key: `field.url_${refused}` });
    }
    for (const name of Object.keys(input.headers ?? {})) {
      if (RESERVED_HEADERS.test(name) || name.toLowerCase().startsWith(`x-${this.brand.toLowerCase()}-`)) {
        throw DomainError.invalid({ field: `headers.${name}`, key: 'field.header_reserved' });
      }
    }
    if (input.events !== undefined) await this.eventTypes.checkPatterns(input.events);
  }
}

/**
 * A masked value sent back unchanged keeps what it masks.
 * @throws DomainError VALIDATION_FAILED for a mask with nothing behind it: it would be sent as the secret
 */
function unmasked(
  headers: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const known = new Map(Object.entries(before).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (value !== MASK || !isSecretName(name)) return [name, value];
      const kept = known.get(name.toLowerCase());
      if (kept === undefined) throw DomainError.invalid({ field: `headers.${name}`, key: 'masked' });
      return [name, kept];
    }),
  );
}

function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
