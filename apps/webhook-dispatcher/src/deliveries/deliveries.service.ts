import { Injectable } from '@nestjs/common';
import {
  type CallContext,
  type DeliveryFilter,
  type DeliveryView,
  DomainError,
  type Page,
  type Principal,
  TEST_EVENT_TYPE,
  type TestResult,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { Endpoints } from '../engine/endpoints';
import { Engine } from '../engine/engine';
import { EventTypesService } from '../event-types/event-types.service';
import { publishedBody } from '../events/published-body';
import { validate as isUuid } from 'uuid';
import { WebhooksService } from '../webhooks/webhooks.service';
import { DeliveriesRepository } from './deliveries.repository';

/** What happened to what was sent, and sending by hand. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly webhooks: WebhooksService,
    private readonly eventTypes: EventTypesService,
    private readonly endpoints: Endpoints,
    private readonly engine: Engine,
  ) {}

  async list(filter: DeliveryFilter, principal: Principal): Promise<Page<DeliveryView>> {
    await this.webhooks.visible(filter.webhook_id, principal);
    const { items, total } = await this.deliveries.page({
      webhookId: filter.webhook_id,
      status: filter.status,
      offset: (filter.page - 1) * filter.size,
      limit: filter.size,
    });
    const page = { total, page: filter.page, size: filter.size };
    if (!filter.with_attempts) return { items, ...page };
    const attempts = await this.deliveries.attemptsOf(items.map((item) => item.id));
    return { items: items.map((item) => ({ ...item, attempt_log: attempts.get(item.id) ?? [] })), ...page };
  }

  async retry(
    input: { id: string; delivery_id?: string },
    principal: Principal,
  ): Promise<{ retried: number }> {
    const webhook = await this.webhooks.visible(input.id, principal);
    if (!webhook.isActive) throw DomainError.conflict('webhook', 'webhook.inactive');
    if (input.delivery_id !== undefined) {
      const found =
        isUuid(input.delivery_id) && (await this.deliveries.retryOne(webhook.id, input.delivery_id));
      if (!found) throw DomainError.notFound('delivery');
    }
    const retried = input.delivery_id === undefined ? await this.deliveries.retryExhausted(webhook.id) : 1;
    this.engine.wake();
    return { retried };
  }

  /** Sends now, once, also to a webhook that is switched off; the attempt is on record like any other. */
  async test(
    input: { id: string; event_type?: string; payload?: unknown },
    context: CallContext,
  ): Promise<TestResult> {
    const webhook = await this.webhooks.visible(input.id, context.principal);
    const data = JSON.stringify(input.payload ?? { test: true });
    const type = input.event_type ?? TEST_EVENT_TYPE;
    if (input.event_type !== undefined) await this.eventTypes.checkPatterns([type], () => 'event_type');
    const endpoint = await this.endpoints.get(webhook.id, webhook.version);
    if (endpoint === null) throw DomainError.notFound('webhook');
    const body = publishedBody({
      type,
      timestamp: new Date().toISOString(),
      data,
      source: 'test',
      requestId: context.requestId,
    });
    const claim = await this.deliveries.insertTest(
      webhook,
      { id: newId(), type, body, createdBy: context.principal.id },
      this.engine.dispatcherId,
    );
    const once = { ...endpoint, policy: { ...endpoint.policy, maxRetries: 0 } };
    const { result } = await this.engine.attemptNow(claim, once);
    return {
      delivery_id: claim.deliveryId,
      event_type: type,
      delivered: result.status === 'success',
      status_code: result.status_code,
      duration_ms: result.duration_ms,
      response_body: result.response_body,
      response_truncated: result.response_truncated,
      error: result.error,
    };
  }
}
