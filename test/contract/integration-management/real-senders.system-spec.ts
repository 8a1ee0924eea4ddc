import { randomUUID } from 'node:crypto';
import {
  describeWith,
  type DockerRegistry,
  startDockerRegistry,
  startReceiver,
  until,
  type Receiver,
} from '@signalbox/testing';
import { Webhook as StandardWebhook } from 'standardwebhooks';
// Relative, as in libs/testing: what starts servers is all that is needed of it.
import { freePort } from '../../../libs/database/src/embedded';
import { useHub } from '../hub';
import { makeWebhook } from '../integration-service/webhooks';
import { deleteFrom, pullImage, pushImage } from './container-image';
import { type Emulators, LOGIN, startEmulators, TOKEN } from './emulators';
import { makeIntegration, tested } from './integrations';
import {
  eventsOf,
  makeEndpoint,
  type ReceivedEvent,
  RECEIVE,
  SECRET,
  settled,
  type WebhookEndpoint,
} from './webhook-endpoints';

interface Normalized {
  readonly repository: string | null;
  readonly revision: string | null;
  readonly subject: { readonly kind: string; readonly id: string } | null;
}

const WRONG = 'whsec_somebody_else_knows_this_one';
const hub = useHub();
const address = ({ path }: WebhookEndpoint) => `${hub.url}${RECEIVE}/${path}`;

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

/** An endpoint whose events go out to a webhook, and one that shall take nothing because the sender has another secret. */
async function receiving(provider: string, signature_header: string) {
  const project_id = hub.project();
  const url = `${receiver.url}/${randomUUID()}`;
  await makeWebhook(hub, { project_id, url, events: [`${provider}.*`], secret: SECRET });
  const endpoint = await makeEndpoint(hub, provider, { signature_header }, { project_id });
  const forged = await makeEndpoint(hub, provider, { signature_header }, { project_id });
  return { endpoint, forged, url };
}

/** The events of the endpoint once there are that many and all of them are processed; oldest first. */
async function stored(endpoint: WebhookEndpoint, count: number): Promise<readonly ReceivedEvent[]> {
  const items = await until(`${count} events are stored`, 10_000, async () => {
    const page = await eventsOf(hub, endpoint);
    return page.total >= count && page.items;
  });
  const events = await Promise.all(items.map(({ id }) => settled(hub, endpoint, id)));
  expect(events.map(({ status, reason }) => [status, reason])).toEqual(events.map(() => ['processed', null]));
  return events.reverse();
}

/** What went out, verified as a receiver would; the ids of the events that it was made of with it. */
async function forwarded(url: string, count: number) {
  const sent = await until(`${count} events went out`, 10_000, () => {
    const requests = receiver.requests.filter((request) => receiver.url + request.url === url);
    return requests.length >= count && requests;
  });
  return sent.map(({ text, headers }) => {
    const body = new StandardWebhook(SECRET).verify(text, headers as Record<string, string>);
    const { event_type, data } = body as {
      event_type: string;
      data: Normalized & { inbound_event_id: string };
    };
    return { id: data.inbound_event_id, line: lineOf(event_type, data) };
  });
}

function lineOf(type: string, { repository, revision, subject }: Normalized): string {
  return [type, repository, subject && `${subject.kind} ${subject.id}`, revision].join(' | ');
}

/** Each event in a line, with its id: as it is listed and as it went out. */
function lines(events: readonly ReceivedEvent[]) {
  return events.map(({ id, event_type, normalized }) => {
    expect(normalized).toHaveLength(1);
    const [facts] = normalized as readonly [Normalized];
    return { id, line: lineOf(event_type, facts) };
  });
}

const idsOf = (events: readonly ReceivedEvent[]) => events.map(({ delivery_id }) => delivery_id).sort();

const sorted = (all: readonly { id: string; line: string }[]) =>
  [...all].sort((a, b) => (a.id < b.id ? -1 : 1));

async function tells(endpoint: WebhookEndpoint, url: string, expected: readonly string[]) {
  const events = await stored(endpoint, expected.length);
  const listed = lines(events);
  expect(listed.map(({ line }) => line).sort()).toEqual([...expected].sort());
  expect(sorted(await forwarded(url, expected.length))).toEqual(sorted(listed));
  return events;
}

describeWith('own-docker-registry', 'a Docker registry that images are pushed to', () => {
  const repository = 'library/hello';
  let registry: DockerRegistry;
  let hello: Awaited<ReturnType<typeof receiving>>;

  /** One that tells what happens in it to these addresses, with that secret. */
  const telling = (to: readonly { url: string; secret: string }[]) =>
    startDockerRegistry(
      to.map(({ url, secret }) => ({ url, headers: { Authorization: [`Bearer ${secret}`] } })),
    );

  beforeAll(async () => {
    hello = await receiving('docker', 'Authorization');
    registry = await telling([
      { url: address(hello.endpoint), secret: SECRET },
      { url: address(hello.forged), secret: WRONG },
    ]);
  });
  afterAll(() => registry.stop());

  test('the connection test succeeds', async () => {
    const { id } = await makeIntegration(hub, {
      ...{ name: 'Registry', type: 'CONTAINER', credentials: {} },
      configuration: { provider: 'docker', base_url: registry.url },
    });
    expect(await tested(hub, id)).toMatchObject({ status: 'ACTIVE' });
  });

  test('push, pull and delete: verified, stored once each, named, sent on', async () => {
    const { digest, layer, config } = await pushImage(registry.url, repository, '1.0');
    const line = (event: string, subject: string, revision: string) =>
      `docker.${event} | ${repository} | ${subject} | ${revision}`;
    const told = [
      line('blob.push', `blob ${layer}`, layer),
      line('blob.push', `blob ${config}`, config),
      line('image.push', 'image 1.0', digest),
    ];
    const [first] = await tells(hello.endpoint, hello.url, told);
    expect(first?.headers).toContainEqual(['Authorization', '********']);

    await pullImage(registry.url, repository, '1.0');
    await pullImage(registry.url, repository, digest);
    const pulled = line('blob.pull', `blob ${layer}`, layer);
    told.push(
      ...[line('image.pull', 'image 1.0', digest), line('image.pull', `image ${digest}`, digest)],
      ...[pulled, pulled],
    );
    await tells(hello.endpoint, hello.url, told);

    // Of what was deleted a registry tells no type, and each tag of an image apart.
    await deleteFrom(registry.url, repository, `manifests/${digest}`);
    await deleteFrom(registry.url, repository, `blobs/${layer}`);
    told.push(
      line('image.delete', `image ${digest}`, digest),
      line('image.delete', 'image 1.0', ''),
      line('image.delete', `image ${layer}`, layer),
    );
    await tells(hello.endpoint, hello.url, told);
  });

  test('while the hub cannot be reached, says 503, or its answer is lost: nothing is lost or doubled', async () => {
    const signature_header = 'Authorization';
    const direct = await makeEndpoint(hub, 'docker', { signature_header });
    const endpoint = await makeEndpoint(hub, 'docker', { signature_header });
    const port = await freePort();
    const failing = `http://127.0.0.1:${port}${RECEIVE}/${endpoint.path}`;
    const own = await telling([
      { url: address(direct), secret: SECRET },
      { url: failing, secret: SECRET },
    ]);
    let line: Receiver | undefined;
    try {
      await pushImage(own.url, repository, '2.0');
      const wanted = idsOf(await stored(direct, 3));
      await until('the registry has tried', 10_000, () =>
        own.log.some((entry) => entry.includes('connection refused')),
      );
      const answers: string[] = [];
      line = await startReceiver({
        port,
        respond: async ({ url, headers, body }, nth) => {
          if (nth === 1) return { status: 503, headers: { 'retry-after': '1' } };
          const { authorization = '', 'content-type': type = '' } = headers;
          const answer = await fetch(hub.url + url, {
            ...{ method: 'POST', headers: { authorization, 'content-type': type } },
            body: Buffer.from(body),
          });
          const text = await answer.text();
          answers.push((JSON.parse(text) as { status: string }).status);
          return nth === 2 ? 'reset' : { status: answer.status, body: text };
        },
      });
      await until('all of it is answered', 10_000, () => answers.length > wanted.length);
      expect(answers).toEqual(['success', 'duplicate', 'success', 'success']);
      expect(idsOf(await stored(endpoint, 3))).toEqual(wanted);
      expect(new Set(wanted).size).toBe(3);
    } finally {
      await own.stop();
      await line?.close();
    }
  });

  test('with another secret: refused, again and again, and nothing is stored', async () => {
    const refused = () => registry.log.filter((entry) => entry.includes('401 Unauthorized unaccepted'));
    await until('the registry has tried twice', 10_000, () => refused().length > 1);
    expect((await eventsOf(hub, hello.forged)).total).toBe(0);
  });
});

describe('providers of the package `emulate`', () => {
  let emulators: Emulators;
  let ofStripe: Awaited<ReturnType<typeof receiving>>;

  beforeAll(async () => {
    ofStripe = await receiving('stripe', 'Stripe-Signature');
    emulators = await startEmulators([
      // Each is asked before what causes the event is answered, in this order.
      { url: address(ofStripe.forged), secret: WRONG, events: ['*'] },
      { url: address(ofStripe.endpoint), secret: SECRET, events: ['*'] },
    ]);
  });
  afterAll(() => emulators.stop());

  async function ask<T>(method: string, url: string, body?: object): Promise<T> {
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  test('GitHub: hooks made by its API, signed as GitHub signs', async () => {
    const { endpoint, forged, url } = await receiving('github', 'X-Hub-Signature-256');
    const api = `${emulators.github}/repos/${LOGIN}/hello`;
    await ask('POST', `${emulators.github}/user/repos`, { name: 'hello', auto_init: true });
    const hook = (to: WebhookEndpoint, secret: string) =>
      ask<{ id: number }>('POST', `${api}/hooks`, {
        ...{ name: 'web', active: true, events: ['*'] },
        config: { url: address(to), content_type: 'json', secret },
      });
    const [{ id }, other] = [await hook(endpoint, SECRET), await hook(forged, WRONG)];

    const commit = (path: string, branch: string) =>
      ask<{ commit: { sha: string } }>('PUT', `${api}/contents/${path}`, {
        ...{ message: `Add ${path}`, content: Buffer.from(path).toString('base64'), branch },
      });
    await ask('POST', `${api}/hooks/${id}/pings`);
    await ask('POST', `${api}/issues`, { title: 'The door is missing' });
    await ask('POST', `${api}/issues/1/comments`, { body: 'It is' });
    const first = (await commit('wall', 'main')).commit.sha;
    await ask('POST', `${api}/git/refs`, { ref: 'refs/heads/door', sha: first });
    const second = (await commit('door', 'door')).commit.sha;
    await ask('POST', `${api}/pulls`, { title: 'Add a door', head: 'door', base: 'main' });
    await ask('PUT', `${api}/pulls/2/merge`, {});

    const line = (event: string, subject: string, revision = '') =>
      `github.${event} | ${LOGIN}/hello | ${subject} | ${revision}`;
    const events = await tells(endpoint, url, [
      'github.ping |  |  | ',
      line('issues.opened', 'issue 1'),
      line('issue_comment.created', 'issue 1'),
      line('push', 'ref refs/heads/main', first),
      line('create', 'ref refs/heads/door'),
      line('push', 'ref refs/heads/door', second),
      line('pull_request.opened', 'pull_request 2', second),
      line('pull_request.closed', 'pull_request 2', second),
    ]);
    const topics = events.map(({ normalized }) => (normalized as [{ topic: string | null }])[0].topic);
    expect(topics).toEqual(expect.arrayContaining(['pull_request.opened', 'pull_request.merged']));

    // What GitHub itself says of its deliveries.
    const deliveries = (of: number) =>
      until('the answers are there', 10_000, async () => {
        const all = await ask<{ id: number; status_code: number }[]>('GET', `${api}/hooks/${of}/deliveries`);
        return all.length >= events.length && all;
      });
    const sent = await deliveries(id);
    expect(sent.map((delivery) => delivery.status_code)).toEqual(events.map(() => 200));
    const ids = events.map(({ delivery_id }) => Number(delivery_id));
    expect(ids.sort((a, b) => b - a)).toEqual(sent.map((delivery) => delivery.id));
    const refused = await deliveries(other.id);
    expect(refused.map((delivery) => delivery.status_code)).toEqual(events.map(() => 401));
    expect((await eventsOf(hub, forged)).total).toBe(0);
  });

  test('GitHub: the connection test succeeds', async () => {
    const { id } = await makeIntegration(hub, {
      ...{ name: 'GitHub', type: 'CODE_REPOSITORY', credentials: { access_token: TOKEN } },
      configuration: { provider: 'github', base_url: emulators.github },
    });
    expect(await tested(hub, id)).toMatchObject({ status: 'ACTIVE' });
  });

  test('Stripe: signed as Stripe signs, but of events without the ids that Stripe gives them', async () => {
    const { endpoint, forged, url } = ofStripe;
    const api = `${emulators.stripe}/v1`;
    const customer = await ask<{ id: string }>('POST', `${api}/customers`, { email: 'a@example.com' });
    await ask('POST', `${api}/customers/${customer.id}`, { name: 'Ada' });
    const intent = await ask<{ id: string }>('POST', `${api}/payment_intents`, {
      ...{ amount: 1_250, currency: 'eur', customer: customer.id },
    });
    await ask('POST', `${api}/payment_intents/${intent.id}/cancel`);

    const line = (event: string, subject: string) => `stripe.${event} |  | ${subject} | `;
    const events = await tells(endpoint, url, [
      line('customer.created', `customer ${customer.id}`),
      line('customer.updated', `customer ${customer.id}`),
      line('payment_intent.created', `payment_intent ${intent.id}`),
      line('payment_intent.canceled', `payment_intent ${intent.id}`),
    ]);
    // Were one of them sent twice, nothing would tell.
    expect(events.map(({ delivery_id }) => delivery_id)).toEqual(events.map(() => null));
    expect((await eventsOf(hub, forged)).total).toBe(0);
  });
});
