import { randomUUID } from 'node:crypto';
import { sign } from '@octokit/webhooks-methods';
import { describeWith, startReceiver, until, type Receiver } from '@signalbox/testing';
import type { AppProcess } from './kit/app-process';
import { startEmbedded } from './kit/embedded-stack';
import type { HubClient } from './kit/hub-client';
import { startReal } from './kit/real-stack';
import { type Stack, StackUnderTest } from './kit/stack';

const DELIVERIES = 400;
/** Whatever is not stored in time is to be delivered again. */
const ACKNOWLEDGED_WITHIN_MS = 60_000;
/** What a dead process had claimed is free after 20 s. */
const PROCESSED_WITHIN_MS = 60_000;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = JSON.stringify({ ref: 'refs/heads/main', repository: { full_name: 'octo-org/octo-repo' } });
const BASE = '/integration-management';

interface Endpoint {
  readonly id: string;
  readonly path: string;
}

async function makeEndpoint(client: HubClient, project_id: string): Promise<Endpoint> {
  const integration = await client.call<{ id: string }>('POST', `${BASE}/integrations`, {
    body: { name: 'GitHub', type: 'CODE_REPOSITORY', configuration: { provider: 'github' }, project_id },
  });
  const endpoint = await client.call<Endpoint>('POST', `${BASE}/webhooks`, {
    body: {
      integration_id: integration.json.id,
      name: 'Killed',
      secret: SECRET,
      signature_header: 'X-Hub-Signature-256',
      rate_limit: 1_000_000,
    },
  });
  if (endpoint.status !== 201) throw new Error(`${integration.text} ${endpoint.text}`);
  return endpoint.json;
}

/** Delivers until it is enough or the hub is gone; answers the event of each delivery that was acknowledged. */
async function storm(client: HubClient, { path }: Endpoint, ids: string[]): Promise<Map<string, string>> {
  const signature = await sign(SECRET, BODY);
  const acknowledged = new Map<string, string>();
  const worker = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      const answer = await client
        .call<{ event_id: string }>('POST', `${BASE}/webhooks/receive/${path}`, {
          body: BODY,
          headers: {
            'X-GitHub-Event': 'push',
            'X-GitHub-Delivery': id,
            'X-Hub-Signature-256': signature,
          },
        })
        .catch(() => undefined);
      if (answer?.status === 200) acknowledged.set(id, answer.json.event_id);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return acknowledged;
}

function describeKill<S extends Stack>(start: () => Promise<S>, doomedOf: (stack: S) => AppProcess): void {
  const stack = new StackUnderTest(start);
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  stack.it('every delivery that was acknowledged goes out, as one event', async () => {
    const doomed = doomedOf(stack.now);
    const [client] = await stack.clients();
    const project = `killed-${randomUUID()}`;
    const endpoint = await makeEndpoint(client, project);
    await client.createWebhook({
      url: receiver.url,
      secret: SECRET,
      project,
      events: ['github.push'],
      retry: { max_retries: 8, retry_delay: 1 },
    });

    const ids = Array.from({ length: DELIVERIES }, () => randomUUID());
    const sending = storm(client, endpoint, [...ids]);
    await until('some went out', 30_000, () => receiver.requests.length > DELIVERIES / 8);
    await doomed.kill();
    const acknowledged = await sending;
    expect(acknowledged.size).toBeGreaterThan(DELIVERIES / 8);

    await doomed.start();
    const again = new Map<string, string>();
    await until('every delivery is acknowledged', ACKNOWLEDGED_WITHIN_MS, async () => {
      const missing = ids.filter((id) => !again.has(id));
      for (const [id, event] of await storm(client, endpoint, missing)) again.set(id, event);
      return again.size === DELIVERIES;
    });
    for (const [id, event] of acknowledged) expect(again.get(id)).toBe(event);

    const outgoing = () => {
      const byEvent = new Map<string, Set<string>>();
      for (const request of receiver.requests) {
        const { data } = request.json() as { data: { inbound_event_id: string } };
        const sent = byEvent.get(data.inbound_event_id) ?? new Set<string>();
        byEvent.set(data.inbound_event_id, sent.add(String(request.headers['webhook-id'])));
      }
      return byEvent;
    };
    await until('everything went out', PROCESSED_WITHIN_MS, () => outgoing().size >= DELIVERIES);
    await until('nothing is pending', PROCESSED_WITHIN_MS, async () => {
      const path = `${BASE}/webhooks/${endpoint.id}/events?limit=1`;
      const pending = await client.call<{ total: number }>('GET', `${path}&status=pending`);
      return pending.json.total === 0;
    });
    const went = outgoing();
    expect(new Set(went.keys())).toEqual(new Set(again.values()));
    // One event each: whatever was sent twice bears the id of the same delivery.
    expect([...went.values()].filter((sent) => sent.size !== 1)).toEqual([]);
  });
}

describe('kill -9 between the answer and what comes of it (embedded)', () => {
  describeKill(startEmbedded, ({ hub }) => hub);
});

describeWith(['own-rabbitmq', 'own-redis'], 'kill -9 between the answer and what comes of it (real)', () => {
  describeKill(startReal, ({ apps }) => {
    const found = apps.find(({ name }) => name === 'integration-sync');
    if (!found) throw new Error('Nobody takes deliveries');
    return found;
  });
});
