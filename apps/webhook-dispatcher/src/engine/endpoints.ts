import { Injectable } from '@nestjs/common';
import { SecretBox } from '@signalbox/security';
import { WebhooksRepository } from '../webhooks/webhooks.repository';
import { openHeaders, openSecret } from '../webhooks/sealing';
import type { Endpoint } from './endpoint';

const MAX_KEPT = 5_000;

/** Opened endpoints, kept by version: a claim names the version it needs, so a changed webhook is never sent to as it was. */
@Injectable()
export class Endpoints {
  private readonly kept = new Map<string, Endpoint>();
  private readonly loading = new Map<string, Promise<Endpoint | null>>();

  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly box: SecretBox,
  ) {}

  /** Answers null when the webhook has been deleted. */
  async get(webhookId: string, version: number): Promise<Endpoint | null> {
    const kept = this.kept.get(webhookId);
    if (kept !== undefined && kept.version >= version) return kept;
    const loading = this.loading.get(webhookId);
    // A load that began before the version was known may bring an older one: then load again.
    if (loading !== undefined) {
      const endpoint = await loading;
      if (endpoint === null || endpoint.version >= version) return endpoint;
    }
    const load = this.load(webhookId);
    this.loading.set(webhookId, load);
    try {
      const endpoint = await load;
      if (this.loading.get(webhookId) === load) this.keep(webhookId, endpoint);
      return endpoint;
    } finally {
      if (this.loading.get(webhookId) === load) this.loading.delete(webhookId);
    }
  }

  /** It changed: what is held for it is sent as it is now. A load under way may bring it as it was, and is not kept. */
  forget(webhookId: string): void {
    this.kept.delete(webhookId);
    this.loading.delete(webhookId);
  }

  /** Changes may have been missed. */
  forgetAll(): void {
    this.kept.clear();
    this.loading.clear();
  }

  private keep(webhookId: string, endpoint: Endpoint | null): void {
    this.kept.delete(webhookId);
    if (endpoint === null) return;
    this.kept.set(webhookId, endpoint);
    const oldest = this.kept.size > MAX_KEPT ? this.kept.keys().next().value : undefined;
    if (oldest !== undefined) this.kept.delete(oldest);
  }

  private async load(webhookId: string): Promise<Endpoint | null> {
    const webhook = await this.webhooks.find(webhookId);
    if (webhook === null) return null;
    return {
      webhookId,
      version: webhook.version,
      active: webhook.isActive,
      url: webhook.url,
      headers: openHeaders(this.box, webhook),
      secret: openSecret(this.box, webhook),
      timeoutMs: webhook.timeoutSeconds * 1000,
      policy: {
        maxRetries: webhook.maxRetries,
        retryDelaySeconds: webhook.retryDelay,
        onClientError: webhook.onClientError,
      },
    };
  }
}
