import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@signalbox/testing';
import type { Endpoint } from './counting-receiver';
import type { HubClient, WebhookHandle } from './hub-client';
import type { Publisher } from './publisher';

/** Statuses by which the hub says that it cannot serve at the moment. */
const UNAVAILABLE = [503, 504];

/** Every request was answered in time, with success or by saying that the hub cannot serve at the moment. */
export function expectSettled(publisher: Publisher): void {
  expect({ hung: publisher.hung, summary: publisher.summary() }).toMatchObject({ hung: 0 });
  const others = [...publisher.samples].filter(([status]) => !UNAVAILABLE.includes(status));
  expect(others).toEqual([]);
}

/** Everything that was acknowledged arrives, and nothing waits for ever. */
export async function expectAllDelivered(
  client: HubClient,
  publisher: Publisher,
  targets: readonly { readonly endpoint: Endpoint; readonly webhook: WebhookHandle }[],
  withinMs: number,
): Promise<void> {
  for (const { endpoint, webhook } of targets) {
    await endpoint.hasAll(publisher.acknowledged.keys(), withinMs);
    await nothingPending(client, webhook, withinMs);
    expect(await client.deliveries(webhook.id, 'failed')).toBe(0);
  }
}

export async function nothingPending(
  client: HubClient,
  webhook: WebhookHandle,
  withinMs: number,
): Promise<void> {
  let pending = -1;
  await until('no delivery is pending', withinMs, async () => {
    await sleep(200);
    pending = await client.deliveries(webhook.id, 'pending');
    return pending === 0;
  }).catch((error: unknown) => {
    throw new Error(`${pending} deliveries are stuck`, { cause: error });
  });
}
