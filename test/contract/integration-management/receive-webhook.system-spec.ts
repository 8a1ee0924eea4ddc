import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import examples from '@octokit/webhooks-examples';
import { CONNECTORS } from '@signalbox/connectors';
import { PUBLISHED_FIGURES } from '@signalbox/contracts';
import { startReceiver, until, type Receiver } from '@signalbox/testing';
import { Client } from 'pg';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import type { ConnectorFixtures } from '../../../libs/connectors/src/conformance/fixture-for-spec';
import { useOwnHub } from '../own-hub';
import { ID, TEXT } from '../samples';
import { setUpAndDeliver } from './set-up-by-the-hub';
import {
  at,
  deliver,
  eventsOf,
  GITHUB,
  github,
  JSON_TYPE,
  makeEndpoint,
  type ReceivedEvent,
  RECEIVE,
  SECRET,
  settled,
  type WebhookEndpoint,
  WEBHOOKS,
} from './webhook-endpoints';

const PUBLIC_URL = 'https://hub.example.com';
const hub = useOwnHub({ PUBLIC_URL });
const MEBIBYTE = 1024 * 1024;
const now = () => Math.floor(Date.now() / 1000);

describe('every provider, signing with its own library or by its manual', () => {
  for (const connector of CONNECTORS) {
    const { fixtures } = jest.requireActual<{ fixtures: ConnectorFixtures }>(
      `../../../libs/connectors/src/providers/${connector.id}/fixtures-for-spec`,
    );
    const { webhook } = connector;
    if (!webhook) continue;

    test.each(fixtures.webhooks ?? [])(`${connector.id}: $name`, async (fixture) => {
      const signer = fixture.signer();
      const endpoint = await makeEndpoint(hub, connector.id, {
        secret: signer.secret,
        signature_header: webhook.scheme.headers[0] ?? 'Authorization',
      });
      const seconds = now();
      const body = Buffer.from(typeof fixture.body === 'string' ? fixture.body : fixture.body(seconds));
      const headers: Record<string, string> = { 'Content-Type': 'application/json', ...fixture.headers };
      const query = new URL(fixture.path?.(body) ?? '/', PUBLIC_URL).search;
      const proof = await signer.sign({
        body,
        url: PUBLIC_URL + at(endpoint) + query,
        contentType: headers['Content-Type'] ?? '',
        seconds,
      });
      const token = proof.token === undefined ? query : `?token=${proof.token}`;
      const send = () => deliver(hub, at(endpoint) + token, body, { ...headers, ...proof.headers });

      const first = await send();
      expect(first).toMatchObject({ status: 200, body: { status: 'success', event_id: ID } });
      const again = await send();
      const known = fixture.expected.deliveryId !== null;
      expect(again.body.status).toBe(known ? 'duplicate' : 'success');
      expect(again.body.event_id === first.body.event_id).toBe(known);

      const event = await settled(hub, endpoint, first.body.event_id);
      expect(event).toMatchObject({
        status: 'processed',
        provider: connector.id,
        delivery_id: fixture.expected.deliveryId,
        event_type: fixture.expected.types[0],
        body: body.toString(),
        normalized: fixture.expected.events,
      });
      // What proves who sent it could be used again.
      const told = Object.entries(proof.headers).filter(([name]) => !/(?:-id|timestamp)$/i.test(name));
      for (const value of [proof.token ?? [], told.map(([, proven]) => proven)].flat())
        expect(JSON.stringify([event.url, event.headers])).not.toContain(value);
      if (webhook.scheme.proves === 'credential' && signer.publicKey !== true)
        expect(JSON.stringify([event.url, event.headers])).not.toContain(signer.secret);
    });

    if (!fixtures.handshakes) continue;
    test.each(fixtures.handshakes)(`${connector.id}: the handshake $name`, async (fixture) => {
      const signer = fixture.signer();
      const endpoint = await makeEndpoint(hub, connector.id, {
        secret: signer.secret,
        signature_header: webhook.scheme.headers[0] ?? 'Authorization',
      });
      const headers: Record<string, string> = { 'Content-Type': 'application/json', ...fixture.headers };
      const proof = await signer.sign({
        body: Buffer.from(fixture.body),
        url: PUBLIC_URL + at(endpoint),
        contentType: headers['Content-Type'] ?? '',
        seconds: now(),
      });
      const answer = await deliver(hub, at(endpoint), fixture.body, { ...headers, ...proof.headers });
      expect({ status: answer.status, body: answer.text }).toEqual(fixture.answer);
      expect((await eventsOf(hub, endpoint)).total).toBe(0);
      expect((await deliver(hub, at(endpoint), fixture.body, headers)).status).toBe(401);
    });
  }
});

describe('the published endpoint of the seed', () => {
  test('Stripe, as its library signs: success, then duplicate with the same event', async () => {
    const secret = 'whsec_custom_secret_abcdefghijklmnopqrstuvwxyz';
    const endpoint = await makeEndpoint(hub, 'stripe', { secret, signature_header: 'Stripe-Signature' });
    const payload = JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', type: 'charge.succeeded' });
    const signature = new Stripe('sk_test_0').webhooks.generateTestHeaderString({ payload, secret });
    const send = () => deliver(hub, at(endpoint), payload, { ...JSON_TYPE, 'Stripe-Signature': signature });
    const { status, body } = await send();
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'success', event_id: ID });
    expect((await send()).body).toEqual({ status: 'duplicate', event_id: body.event_id });
  });

  test.each([
    ['standardwebhooks', 'webhook', StandardWebhook],
    ['svix', 'svix', SvixWebhook],
  ] as const)('%s signs for an endpoint that says nothing', async (_library, prefix, Signer) => {
    const endpoint = await makeEndpoint(hub, 'standard-webhooks');
    const body = '{"type":"invoice.paid"}';
    const [id, date] = [`msg_${randomUUID()}`, new Date()];
    const answer = await deliver(hub, at(endpoint), body, {
      ...JSON_TYPE,
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: String(Math.floor(date.getTime() / 1000)),
      [`${prefix}-signature`]: new Signer(SECRET).sign(id, date, body),
    });
    expect(answer).toMatchObject({ status: 200, body: { status: 'success' } });
  });
});

test('every payload that GitHub publishes as an example is taken, and named right', async () => {
  const endpoint = await makeEndpoint(hub, 'github', { ...GITHUB, rules: [] });
  const sent = new Map<string, string>();
  for (const { name, examples: payloads } of examples) {
    for (const payload of payloads) {
      const body = JSON.stringify(payload);
      const { action } = payload as { action?: string };
      const answer = await deliver(hub, at(endpoint), body, await github(body, randomUUID(), name));
      expect(answer).toMatchObject({ status: 200, body: { status: 'success' } });
      const words = ['github', name, action ?? []].flat();
      sent.set(answer.body.event_id, words.join('.').replaceAll('-', '_'));
    }
  }
  expect(sent.size).toBe(329);
  const stored = new Map<string, string>();
  for (let skip = 0; skip < sent.size; skip += 100) {
    const { items } = await eventsOf(hub, endpoint, `?skip=${skip}`);
    for (const { id, event_type } of items) stored.set(id, event_type);
  }
  expect(stored).toEqual(sent);
}, 60_000);

describe('what is refused leaves no trace', () => {
  const body = JSON.stringify({ ref: 'refs/heads/main' });
  let endpoint: WebhookEndpoint;
  beforeAll(async () => {
    endpoint = await makeEndpoint(hub, 'github', GITHUB);
  });
  afterEach(async () => expect((await eventsOf(hub, endpoint)).total).toBe(0));
  const send = (content: string | Uint8Array, headers: Readonly<Record<string, string>>) =>
    deliver<{ detail: string }>(hub, at(endpoint), content, headers);

  test('a flipped byte, another secret, no signature: 401', async () => {
    const good = await github(body);
    const { 'X-Hub-Signature-256': _signature, ...unsigned } = good;
    const flipped = Buffer.from(body);
    flipped[3] = (flipped[3] ?? 0) ^ 1;
    for (const answer of [
      await send(flipped, good),
      await send(body, await github(body, randomUUID(), 'push', 'whsec_another')),
      await send(body, unsigned),
      await send('', good),
    ]) {
      expect(answer).toMatchObject({ status: 401, body: { detail: 'The signature is missing or wrong' } });
    }
  });

  test('it is on record, with the address and without what was sent', async () => {
    const headers = { ...(await github(body)), 'x-request-id': randomUUID() };
    await send(`${body} `, headers);
    const entry = await until('it is on record', 15_000, async () => {
      const { body: found, text } = await hub.call<{ data: object[] }>(
        'GET',
        `/api/v1/admin/integration/audit-logs?request_id=${headers['x-request-id']}`,
      );
      expect(text).not.toContain(headers['X-Hub-Signature-256']);
      return found.data[0];
    });
    expect(entry).toMatchObject({
      outcome: 'refused',
      reason: 'signature_refused',
      resource_id: endpoint.path,
    });
  });

  test('what is too old, as Stripe signs the time: 401', async () => {
    const stripe = await makeEndpoint(hub, 'stripe', { signature_header: 'Stripe-Signature' });
    const library = new Stripe('sk_test_0').webhooks;
    for (const [timestamp, status] of [
      [now() - 301, 401],
      [now() - 290, 200],
    ] as const) {
      const payload = JSON.stringify({ id: `evt_${timestamp}`, type: 'charge.succeeded' });
      const signature = library.generateTestHeaderString({ payload, secret: SECRET, timestamp });
      const answer = await deliver(hub, at(stripe), payload, { 'Stripe-Signature': signature });
      expect(answer.status).toBe(status);
    }
  });

  test('1 MiB and a byte: 413, sent at once or piece by piece; 1 MiB is taken', async () => {
    const open = await makeEndpoint(hub, 'generic', { verify_signature: false });
    for (const type of ['application/json', 'text/plain']) {
      const headers = { 'content-type': type };
      expect((await deliver(hub, at(open), 'x'.repeat(MEBIBYTE + 1), headers)).status).toBe(413);
      expect((await deliver(hub, at(open), 'x'.repeat(MEBIBYTE), headers)).status).toBe(200);
    }
    const piece = 'x'.repeat(64 * 1024);
    const chunks = `10000\r\n${piece}\r\n`.repeat(17);
    const answer = await hub.raw(
      `POST ${at(open)} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect((await eventsOf(hub, open)).total).toBe(2);
  });

  test('a bomb: 413; what is no gzip: 400; a packing that nobody knows: 415', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MEBIBYTE));
    expect(bomb.length).toBeLessThan(MEBIBYTE);
    const good = await github(body);
    for (const [content, encoding, status] of [
      [bomb, 'gzip', 413],
      [Buffer.from(body), 'gzip', 400],
      [gzipSync(body).subarray(0, 20), 'gzip', 400],
      [gzipSync(body), 'zstd', 415],
    ] as const) {
      expect((await send(content, { ...good, 'content-encoding': encoding })).status).toBe(status);
    }
  });

  test('a path that nobody has: 404, in the language asked for', async () => {
    for (const path of ['nobody', 'a%2Fb', '%20', 'x'.repeat(200)]) {
      expect(await deliver(hub, `${RECEIVE}/${path}`, body, { 'accept-language': 'zh-TW' })).toMatchObject({
        status: 404,
        body: { detail: TEXT },
      });
    }
  });
});

describe('what is taken', () => {
  test.each<[string, string | Uint8Array, string | undefined]>([
    ['JSON', '{"type":"a.b"}', 'application/json'],
    ['what calls itself JSON and is not', '{"type":', 'application/json'],
    ['JSON with a name twice', '{"a":1,"a":2}', 'application/json'],
    ['a form', 'a=1&b=2', 'application/x-www-form-urlencoded'],
    ['XML', '<a/>', 'application/xml'],
    ['bytes', Buffer.from([0, 255, 1, 254]), 'application/octet-stream'],
    ['text of no type', 'hello', ''],
    ['what has a type that is none', 'hello', 'text'],
    ['what has a type that is none, with a parameter', 'hello', ';charset=utf-8'],
    ['nothing', '', 'application/json'],
  ])('%s, byte for byte', async (_what, content, type) => {
    const endpoint = await makeEndpoint(hub, 'generic', { verify_signature: false });
    const answer = await fetch(hub.url + at(endpoint), {
      method: 'POST',
      ...(type !== '' && { headers: { 'content-type': type ?? '' } }),
      body: Buffer.from(content),
    });
    expect(answer.status).toBe(200);
    const { event_id } = (await answer.json()) as { event_id: string };
    const event = await settled(hub, endpoint, event_id);
    const kept = Buffer.from(String(event.body), event.body_encoding as 'utf8' | 'base64');
    expect(kept.equals(Buffer.from(content))).toBe(true);
  });

  test('gzip: the signature is that of the content', async () => {
    const endpoint = await makeEndpoint(hub, 'github', GITHUB);
    const body = JSON.stringify({ ref: 'refs/heads/main', padding: 'x'.repeat(10_000) });
    const answer = await deliver(hub, at(endpoint), gzipSync(body), {
      ...(await github(body)),
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(200);
    expect((await settled(hub, endpoint, answer.body.event_id)).body).toBe(body);
  });

  test('the old secret while the overlap lasts, and not without one', async () => {
    const endpoint = await makeEndpoint(hub, 'github', GITHUB);
    const send = async (secret: string) =>
      (await deliver(hub, at(endpoint), '{}', await github('{}', randomUUID(), 'push', secret))).status;
    const rotate = async (body: object) =>
      (await hub.call<{ secret: string }>('POST', `${WEBHOOKS}/${endpoint.id}/rotate-secret`, { body })).body
        .secret;
    const second = await rotate({ overlap_seconds: 600 });
    expect([await send(SECRET), await send(second)]).toEqual([200, 200]);
    const third = await rotate({});
    expect([await send(SECRET), await send(second), await send(third)]).toEqual([401, 401, 200]);
    const fourth = await rotate({ overlap_seconds: 5 });
    expect([await send(third), await send(fourth)]).toEqual([200, 200]);
    await until('the overlap is over', 20_000, async () => (await send(third)) === 401);
    expect(await send(fourth)).toBe(200);
  });

  test('from the addresses on the list only', async () => {
    const nobody = await makeEndpoint(hub, 'generic', {
      verify_signature: false,
      allowed_ips: ['198.51.100.0/24'],
    });
    expect(await deliver(hub, at(nobody), '{}', {})).toMatchObject({ status: 403 });
    const here = await makeEndpoint(hub, 'generic', {
      verify_signature: false,
      allowed_ips: ['198.51.100.0/24', '127.0.0.1'],
    });
    expect(await deliver(hub, at(here), '{}', {})).toMatchObject({ status: 200 });
  });

  test('a storm of 2000, of which 30 % come twice: each is stored once', async () => {
    const endpoint = await makeEndpoint(hub, 'github', { ...GITHUB, rules: [] });
    const firsts = Array.from({ length: 1_400 }, () => randomUUID());
    const all = [...firsts, ...firsts.slice(0, 600)].sort(() => Math.random() - 0.5);
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const signature = await github(body);
    const ids = new Map<string, Set<string>>();
    const outcomes = { success: 0, duplicate: 0 };
    let postponed = 0;
    const worker = async () => {
      for (let id = all.pop(); id !== undefined; id = all.pop()) {
        const answer = await deliver<{ status: 'success' | 'duplicate'; event_id: string }>(
          hub,
          at(endpoint),
          body,
          { ...signature, 'X-GitHub-Delivery': id },
        );
        if (answer.status === 503) {
          // Told to come again, which a busy machine does, though it may have been stored.
          postponed += 1;
          all.push(id);
          continue;
        }
        expect(answer.status).toBe(200);
        outcomes[answer.body.status] += 1;
        ids.set(id, (ids.get(id) ?? new Set()).add(answer.body.event_id));
      }
    };
    await Promise.all(Array.from({ length: 32 }, worker));
    expect(outcomes.success + outcomes.duplicate).toBe(2_000);
    expect(outcomes.success).toBeLessThanOrEqual(1_400);
    expect(outcomes.success).toBeGreaterThanOrEqual(1_400 - postponed);
    expect(ids.size).toBe(1_400);
    expect([...ids.values()].every((known) => known.size === 1)).toBe(true);
    expect((await eventsOf(hub, endpoint)).total).toBe(1_400);
  }, 120_000);
});

describe('while the database takes nothing', () => {
  test('the provider is told to come again, in time; when he does it is stored once', async () => {
    const endpoint = await makeEndpoint(hub, 'github', GITHUB);
    const headers = await github('{}');
    const send = () => deliver(hub, at(endpoint), '{}', headers);
    const holder = new Client({ connectionString: hub.databaseUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE integrations.inbound_events IN ACCESS EXCLUSIVE MODE');
      // The lock is held until after the answer, which therefore does not wait for it.
      const answer = await send();
      expect(answer).toMatchObject({ status: 503, body: { detail: TEXT } });
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
      await holder.query('ROLLBACK');
    } finally {
      await holder.end();
    }
    const again = await until('it is taken', 15_000, async () => {
      const answer = await send();
      return answer.status === 200 && answer;
    });
    expect(again.body.event_id).toEqual(ID);
    expect((await eventsOf(hub, endpoint)).total).toBe(1);
  }, 40_000);
});

describe('what goes out', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  async function subscribed(
    events: readonly string[],
    project_id: string,
  ): Promise<{ id: string; url: string }> {
    const url = `${receiver.url}/${randomUUID()}`;
    const { body, status, text } = await hub.call<{ content: { id: string } }>('POST', '/api/v1/webhooks', {
      body: { project_id, name: 'Out', url, events, secret: SECRET },
    });
    if (status !== 201) throw new Error(text);
    return { id: body.content.id, url };
  }
  const sentTo = (url: string) => receiver.requests.filter((request) => receiver.url + request.url === url);
  const opened = JSON.stringify({
    action: 'opened',
    pull_request: {
      number: 42,
      title: 'Add a door',
      html_url: 'https://github.com/o/r/pull/42',
      head: { sha: 'abc' },
    },
    repository: { full_name: 'octo-org/octo-repo' },
  });

  test('GitHub in, a signed and normalised event out: once, however often it is delivered', async () => {
    const project_id = hub.project();
    const endpoint = await makeEndpoint(hub, 'github', GITHUB, { project_id });
    const { url } = await subscribed(['github.pull_request.*'], project_id);
    const headers = await github(opened, randomUUID(), 'pull_request');
    const first = await deliver(hub, at(endpoint), opened, headers);
    await deliver(hub, at(endpoint), opened, headers);
    await until('it went out', 15_000, () => sentTo(url).length > 0);
    await settled(hub, endpoint, first.body.event_id);
    expect(sentTo(url)).toHaveLength(1);
    const [sent] = sentTo(url);
    const body = new StandardWebhook(SECRET).verify(
      sent?.text ?? '',
      sent?.headers as Record<string, string>,
    );
    expect(body).toMatchObject({
      event_type: 'github.pull_request.opened',
      data: {
        provider: 'github',
        event: 'pull_request',
        action: 'opened',
        topic: 'pull_request.opened',
        repository: 'octo-org/octo-repo',
        revision: 'abc',
        subject: { kind: 'pull_request', id: '42', title: 'Add a door' },
        inbound_event_id: first.body.event_id,
        integration_id: endpoint.integration_id,
      },
      metadata: { source: 'github' },
    });
    expect(sent?.text).not.toContain('"payload"');

    const replay = `${WEBHOOKS}/${endpoint.id}/events/${first.body.event_id}/replay`;
    expect(await hub.call('POST', replay)).toMatchObject({ status: 202, body: { replayed: 1 } });
    await until('it went out again', 15_000, () => sentTo(url).length === 2);
  });

  test('rules: another type, the form of CloudEvents, with what was sent; what no rule wants is ignored', async () => {
    const project_id = hub.project();
    const rules = [
      {
        events: ['github.pull_request.*'],
        event_type: 'task.updated',
        format: 'cloudevents',
        include_payload: true,
      },
    ];
    const endpoint = await makeEndpoint(hub, 'github', { ...GITHUB, rules }, { project_id });
    const { url } = await subscribed(['github.*', 'task.*'], project_id);
    const push = await deliver(hub, at(endpoint), '{}', await github('{}'));
    expect(await settled(hub, endpoint, push.body.event_id)).toMatchObject({
      status: 'ignored',
      reason: 'no rule matches',
    });
    const numbers = '"numbers":[9007199254740993,1.0,1e400]';
    const exact = `${opened.slice(0, -1)},${numbers}}`;
    await deliver(hub, at(endpoint), exact, await github(exact, randomUUID(), 'pull_request'));
    await until('it went out', 15_000, () => sentTo(url).length > 0);
    const [sent] = sentTo(url);
    new StandardWebhook(SECRET).verify(sent?.text ?? '', sent?.headers as Record<string, string>);
    expect(sent?.text).toContain(numbers);
    expect(sentTo(url).map((request) => request.json())).toMatchObject([
      {
        event_type: 'task.updated',
        data: {
          specversion: '1.0',
          type: 'task.updated',
          source: '/github/octo-org/octo-repo',
          subject: 'pull_request/42',
          data: { provider: 'github', payload: JSON.parse(opened) as object },
        },
      },
    ]);
  });

  test('a type that nobody knows any more: a dead letter, listed as failed and replayed once it is mended', async () => {
    const rules = [{ events: ['*'], event_type: 'nobody.knows' }];
    await hub.call('POST', '/api/v1/admin/integration/event-types', { body: { name: 'nobody.knows' } });
    const endpoint = await makeEndpoint(hub, 'github', { ...GITHUB, rules });
    const database = new Client({ connectionString: hub.databaseUrl });
    await database.connect();
    await database.query(`DELETE FROM webhooks.event_types WHERE name = 'nobody.knows'`);
    await database.end();
    const { body } = await deliver(hub, at(endpoint), '{}', await github('{}'));
    expect(await settled(hub, endpoint, body.event_id)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('unknown_event_type') as unknown,
      attempts: 1,
    });
    const failed = await eventsOf(hub, endpoint, '?status=failed&event_type=github');
    expect(failed.items.map(({ id }: ReceivedEvent) => id)).toEqual([body.event_id]);
    expect((await eventsOf(hub, endpoint, '?status=processed')).total).toBe(0);
    expect((await eventsOf(hub, endpoint, '?event_type=git')).total).toBe(0);
    await hub.call('PUT', `${WEBHOOKS}/${endpoint.id}`, { body: { rules: [{ events: ['*'] }] } });
    const replayed = await hub.call('POST', `${WEBHOOKS}/${endpoint.id}/replay`);
    expect(replayed).toMatchObject({ status: 202, body: { replayed: 1 } });
    await until('it is processed', 15_000, async () => {
      return (await settled(hub, endpoint, body.event_id)).status === 'processed';
    });
    expect(await hub.call('POST', `${WEBHOOKS}/${endpoint.id}/replay`)).toMatchObject({
      body: { replayed: 0 },
    });
  });

  test('nobody but the hub publishes what providers tell, nor registers such a type', async () => {
    const published = await hub.call('POST', '/api/v1/webhooks/events/github.push', { body: {} });
    expect(published.status).toBe(422);
    const registered = await hub.call('POST', '/api/v1/admin/integration/event-types', {
      body: { name: 'github.push' },
    });
    expect(registered.status).toBe(409);
  });

  test('a delivery of the hub that arrives is stopped', async () => {
    const project_id = hub.project();
    const endpoint = await makeEndpoint(hub, 'standard-webhooks', {}, { project_id });
    const ignored = async () => {
      const { text } = await hub.call('GET', '/metrics');
      return Number(/^webhook_events_processed\{[^}]*status="ignored"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
    };
    const before = await ignored();
    const made = await hub.call('POST', '/api/v1/webhooks', {
      body: { project_id, name: 'Loop', url: hub.url + at(endpoint), events: ['*'], secret: SECRET },
    });
    expect(made.status).toBe(201);
    await hub.call('POST', `/api/v1/webhooks/events/task.created?project_id=${project_id}`, {
      body: { n: 1 },
    });
    const arrived = async () => (await eventsOf(hub, endpoint)).items;
    const of = (event: string) => async () => (await arrived()).find((item) => item.event === event);
    // That the integration was made is told to the project, too, some time later.
    await until('the first arrived', 15_000, of('task.created'));
    await until('the other arrived', 15_000, of('integration.status.changed'));
    const loop = { status: 'ignored', reason: expect.stringContaining('loop') as unknown };
    expect(await arrived()).toMatchObject([loop, loop]);
    // What came earlier may be counted meanwhile, too.
    await until('both are counted', 15_000, async () => (await ignored()) >= before + 2);
  });
});

describe('what was received', () => {
  test('is listed newest first, page by page, and shown as it came', async () => {
    const endpoint = await makeEndpoint(hub, 'github', GITHUB);
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      ids.unshift((await deliver(hub, at(endpoint), `{"n":${i}}`, await github(`{"n":${i}}`))).body.event_id);
    }
    const all = await eventsOf(hub, endpoint);
    expect(all).toMatchObject({ total: 3, skip: 0, limit: 100 });
    expect(all.items.map(({ id }) => id)).toEqual(ids);
    const second = await eventsOf(hub, endpoint, '?skip=1&limit=1');
    expect(second.items.map(({ id }) => id)).toEqual([ids[1]]);
    const event = await settled(hub, endpoint, ids[0] ?? '');
    expect(event).toMatchObject({ body: '{"n":2}', method: 'POST', url: PUBLIC_URL + at(endpoint) });
    const shown = (event.headers as [string, string][]).map(([name, value]) => [name.toLowerCase(), value]);
    expect(shown).toContainEqual(['x-github-event', 'push']);
    expect(shown).toContainEqual(['x-hub-signature-256', '********']);
  });

  test('of another endpoint, or none, is 404', async () => {
    const [one, other] = [await makeEndpoint(hub, 'github', GITHUB), await makeEndpoint(hub, 'github')];
    const { body } = await deliver(hub, at(one), '{}', await github('{}'));
    for (const path of [
      `${WEBHOOKS}/${other.id}/events/${body.event_id}`,
      `${WEBHOOKS}/${one.id}/events/nobody`,
    ]) {
      expect(await hub.call('GET', path)).toMatchObject({ status: 404 });
      expect(await hub.call('POST', `${path}/replay`)).toMatchObject({ status: 404 });
    }
  });
});

test('the figures of the seed are there under their names', async () => {
  const endpoint = await makeEndpoint(hub, 'github', GITHUB);
  const { body } = await deliver(hub, at(endpoint), '{}', await github('{}'));
  await settled(hub, endpoint, body.event_id);
  const text = await until('events are counted', 15_000, async () => {
    const answer = await hub.call('GET', '/metrics');
    return /^processed_webhook_events [1-9]/m.test(answer.text) && answer.text;
  });
  expect(PUBLISHED_FIGURES).toHaveLength(11);
  for (const name of PUBLISHED_FIGURES) {
    expect(text).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
  }
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
  expect(value('total_webhook_events')).toBeGreaterThanOrEqual(value('processed_webhook_events'));
  expect(value('webhook_events_last_24h')).toBeGreaterThan(0);
  expect(value('total_webhooks')).toBeGreaterThanOrEqual(value('active_webhooks'));
});

test('an endpoint that the hub sets up at the provider (a stand-in of GitHub) is sent to with the right secret', () =>
  setUpAndDeliver(hub, PUBLIC_URL));
