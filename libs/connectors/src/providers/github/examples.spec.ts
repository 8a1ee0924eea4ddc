import examples from '@octokit/webhooks-examples';
import { sign } from '@octokit/webhooks-methods';
import { InboundDelivery } from '../../delivery/inbound-delivery';
import { InboundHeaders } from '../../delivery/inbound-headers';
import { normalise, outboundEventType } from '../../events/normalise';
import { github } from './connector';

const SECRET = 'a secret of GitHub';
const RECEIVED = new Date('2026-01-01T00:00:00.000Z');

interface Example {
  readonly action?: string;
  readonly repository?: { readonly full_name: string };
  readonly pull_request?: {
    readonly number?: number;
    readonly merged?: boolean;
    readonly head: { sha: string };
  };
  readonly issue?: { readonly number: number; readonly title: string };
}

const all = examples.flatMap(({ name, examples: payloads }) =>
  (payloads as unknown as Example[]).map((payload, i) => [name, payload.action ?? '', i, payload] as const),
);

async function received(event: string, payload: Example): Promise<InboundDelivery> {
  const body = JSON.stringify(payload);
  const headers = InboundHeaders.from({
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': 'd1',
    'x-hub-signature-256': await sign(SECRET, body),
  });
  return new InboundDelivery({
    method: 'POST',
    url: 'https://hub.example.com/',
    headers,
    body: Buffer.from(body),
  });
}

it('has all examples of GitHub', () => {
  expect(all).toHaveLength(329);
});

it.each(all)('takes %s %s (%d) and names it right', async (name, action, _, payload) => {
  const delivery = await received(name, payload);
  expect(github.webhook.scheme.verify(delivery, { secrets: [SECRET], nowSeconds: 0 }).verified).toBe(true);

  const [event, ...others] = normalise(github, delivery, RECEIVED);
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    provider: 'github',
    delivery_id: 'd1',
    event: name,
    action: action === '' ? null : action,
    repository: payload.repository?.full_name ?? null,
  });
  const type = action === '' ? name : `${name}.${action.replaceAll('-', '_')}`;
  expect(outboundEventType(event)).toBe(`github.${type}`);
  expect(new Date(event.occurred_at).toISOString()).toBe(event.occurred_at);

  const { pull_request: pullRequest, issue } = payload;
  if (pullRequest?.number !== undefined) {
    expect(event.subject).toMatchObject({ kind: 'pull_request', id: String(pullRequest.number) });
    expect(event.revision).toBe(pullRequest.head.sha);
  } else if (issue !== undefined) {
    expect(event.subject).toMatchObject({ kind: 'issue', id: String(issue.number), title: issue.title });
  }
});

it('knows every change of a pull request by the common name', async () => {
  const topics = new Map<string, string | null>();
  for (const [name, action, , payload] of all) {
    if (name !== 'pull_request') continue;
    const [event] = normalise(github, await received(name, payload), RECEIVED);
    topics.set(`${action}${payload.pull_request?.merged === true ? ', merged' : ''}`, event.topic);
  }
  expect(Object.fromEntries(topics)).toMatchObject({
    opened: 'pull_request.opened',
    reopened: 'pull_request.reopened',
    synchronize: 'pull_request.synchronized',
    closed: 'pull_request.closed',
    labeled: null,
  });
});
