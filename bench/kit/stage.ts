import type { Load } from '../workers/load';
import type { Receiver } from '../workers/receiver';
import type { Hub } from './hub';
import { EVENT_TYPE, PROJECT } from './numbered';
import { startWorker, type Worker } from './worker';

/** Requests under way to publish. */
export const PUBLISHERS = 64;
/** What the hub has under way to one endpoint. */
export const DELIVERERS = 32;
const PATIENCE_MS = 15_000;

/** The public path from end to end: a load generator, a hub, a receiver, and one webhook between them. */
export interface Stage {
  readonly load: Worker<Load>;
  readonly receiver: Worker<Receiver>;
  readonly receiverUrl: string;
  readonly webhookPath: string;
  /** Where events are published, with the credential of somebody who has just signed in. */
  target(): Promise<{ origin: string; path: string; headers: Record<string, string> }>;
  /** Publishes `count` events; resolves when every one was received and its attempt is stored: seconds from the first request. */
  deliver(count: number): Promise<number>;
}

export async function setStage(hub: Hub): Promise<Stage> {
  const receiver = startWorker<Receiver>('receiver');
  const load = startWorker<Load>('load');
  const receiverUrl = await receiver.call('listen');
  const made = await hub.call<{ content: { id: string } }>('POST', '/api/v1/webhooks', {
    project_id: PROJECT,
    name: 'Benchmark',
    url: `${receiverUrl}/`,
    events: [EVENT_TYPE],
  });
  const webhookPath = `/api/v1/webhooks/${made.content.id}`;
  const target = async () => ({
    origin: hub.url,
    path: `/api/v1/webhooks/events/${EVENT_TYPE}`,
    headers: { ...(await hub.signedIn()), 'content-type': 'application/json' },
  });
  const stored = async () =>
    (await hub.call<{ content: { success_count: number } }>('GET', webhookPath)).content.success_count;

  return {
    load,
    receiver,
    receiverUrl,
    webhookPath,
    target,
    async deliver(count) {
      const to = await target();
      const before = await stored();
      await receiver.call('expect', count);
      const start = performance.now();
      await load.call('publish', to, count, PUBLISHERS);
      const { distinct } = await receiver.call('all', PATIENCE_MS);
      if (distinct < count) throw new Error(`Of ${count} events ${count - distinct} did not arrive`);
      const giveUpAt = Date.now() + PATIENCE_MS;
      while ((await stored()) < before + count) {
        if (Date.now() > giveUpAt) throw new Error('Attempts were made and not stored');
      }
      return (performance.now() - start) / 1000;
    },
  };
}
