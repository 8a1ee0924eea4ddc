import { connect } from 'node:net';
import { CountingReceiver, type Endpoint } from './kit/counting-receiver';
import { startEmbedded } from './kit/embedded-stack';
import type { HubClient, WebhookHandle } from './kit/hub-client';
import { StackUnderTest } from './kit/stack';

/** Each round is about a thousand requests. */
const ROUNDS = 2;
const AT_ONCE = 20;
const LIMIT_BYTES = 1024 * 1024;
/** With little room V8 collects what is garbage instead of letting it lie. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=192' };
/** The bodies that are too large alone come to more than that. */
const MAY_GROW_BYTES = 96 * 1024 * 1024;

type Kind = 'malformed' | 'invalid' | 'too large';

interface Way {
  readonly name: string;
  readonly body: string | Buffer;
  readonly kind: Kind;
  /** Part of the sentence that says what is wrong. */
  readonly says: string;
  /** The field that is named, where it can be. */
  readonly field?: string;
}

const WAYS: readonly Way[] = [
  { name: 'malformed JSON', body: '{"name": }', kind: 'malformed', says: 'not valid JSON', field: 'name' },
  { name: 'JSON that ends early', body: '{"name": "a"', kind: 'malformed', says: 'not valid JSON' },
  {
    name: '1 MiB and a byte',
    body: `{"name":"${'x'.repeat(LIMIT_BYTES - 10)}"}`,
    kind: 'too large',
    says: 'too large',
  },
  {
    name: '10 000 nested arrays',
    body: `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    kind: 'malformed',
    says: 'nested too deeply',
    field: 'name',
  },
  {
    name: 'invalid UTF-8',
    body: Buffer.from('{"name":"\xff\xfe"}', 'latin1'),
    kind: 'malformed',
    says: 'not valid UTF-8',
    field: 'body',
  },
  {
    name: 'a key given twice',
    body: '{"name":"a","name":"b"}',
    kind: 'malformed',
    says: 'given twice',
    field: 'name',
  },
  {
    name: '__proto__',
    body: '{"__proto__":{"is_active":true,"role":"admin"}}',
    kind: 'invalid',
    says: 'not allowed',
    field: '__proto__',
  },
  {
    name: 'a NUL escape',
    body: '{"name":"a\\u0000b"}',
    kind: 'invalid',
    says: 'NUL character',
    field: 'name',
  },
  { name: 'a NUL byte', body: '{"name":"a\0b"}', kind: 'invalid', says: 'NUL character', field: 'name' },
];

const URLS = [
  'ftp://example.com/a',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ws://example.com',
  '//a',
  '',
];
const EVENT_TYPES = ['no.such.type', 'TASK.CREATED', '__proto__', 'constructor', '*'];

const STATUS: Record<'F' | 'named', Record<Kind, readonly [number, string]>> = {
  F: { malformed: [400, 'F40022'], invalid: [422, 'F40022'], 'too large': [413, 'F40013'] },
  named: {
    malformed: [400, 'VALIDATION_ERROR'],
    invalid: [400, 'VALIDATION_ERROR'],
    'too large': [413, 'PAYLOAD_TOO_LARGE'],
  },
};

const ENGLISH = { 'accept-language': 'en' };

describe('thousands of bad requests (embedded)', () => {
  const stack = new StackUnderTest(() => startEmbedded(SMALL_HEAP));
  let receiver: CountingReceiver;
  let client: HubClient;
  let endpoint: Endpoint;
  let webhook: WebhookHandle;
  beforeAll(async () => {
    receiver = await CountingReceiver.start();
    [client] = await stack.clients();
    endpoint = receiver.endpoint();
    webhook = await client.createWebhook({ url: endpoint.url, secret: receiver.secret, events: ['*'] });
  });
  afterAll(() => receiver.close());

  /** One of the five faces each: publishing, creating, changing; with a credential and without. */
  const targets = () =>
    [
      { method: 'POST', path: '/api/v1/webhooks/events/task.created', codes: 'F' },
      { method: 'PUT', path: `/api/v1/webhooks/${webhook.id}`, codes: 'F' },
      { method: 'POST', path: '/api/v1/admin/integration/webhooks', codes: 'named' },
      { method: 'POST', path: '/api/auth/login/', codes: 'named' },
    ] as const;

  async function refused(
    what: string,
    [method, path, body]: readonly [string, string, unknown],
    [status, code]: readonly [number, string],
    ...says: string[]
  ): Promise<string | undefined> {
    const answer = await client.call<{ code?: string; error?: { code?: string } }>(method, path, {
      body,
      headers: ENGLISH,
    });
    const told = answer.json?.code ?? answer.json?.error?.code;
    const right =
      answer.status === status && told === code && says.every((word) => answer.text.includes(word));
    return right ? undefined : `${what} at ${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`;
  }

  /** Everything wrong at once; answers what was not refused as it should be. */
  async function round(): Promise<string[]> {
    const problems: (string | undefined)[] = [];
    for (const { name, body, kind, says, field = '' } of WAYS) {
      for (const { method, path, codes } of targets()) {
        const asked = Array.from({ length: AT_ONCE }, () =>
          refused(name, [method, path, body], STATUS[codes][kind], says, field),
        );
        problems.push(...(await Promise.all(asked)));
      }
    }
    for (let n = 0; n < AT_ONCE; n += 1) {
      problems.push(
        ...(await Promise.all([
          ...URLS.flatMap((url) => {
            const body = { project_id: 'p', name: 'n', url, events: ['task.created'] };
            return [
              refused(`url ${url}`, ['POST', '/api/v1/webhooks', body], STATUS.F.invalid, '"url"'),
              refused(
                `url ${url}`,
                ['POST', '/api/v1/admin/integration/webhooks', body],
                STATUS.named.invalid,
                '"url"',
              ),
            ];
          }),
          ...EVENT_TYPES.map((type) =>
            refused(
              type,
              ['POST', `/api/v1/webhooks/events/${type}`, { a: 1 }],
              STATUS.F.invalid,
              'event_type',
            ),
          ),
          refused(
            'unknown subscription',
            [
              'POST',
              '/api/v1/webhooks',
              { project_id: 'p', name: 'n', url: endpoint.url, events: ['no.such.type'] },
            ],
            STATUS.F.invalid,
            'events',
          ),
          noHttp(),
        ])),
      );
    }
    return [...new Set(problems)].filter((problem) => problem !== undefined);
  }

  /** Bytes that are no HTTP are answered with 400 and the end of the connection. */
  async function noHttp(): Promise<string | undefined> {
    const { port, hostname } = new URL(client.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(Number(port), hostname, () => socket.write(Buffer.alloc(4_096, 0x80)));
      socket.setTimeout(10_000, () => socket.destroy(new Error('no HTTP: neither answered nor closed')));
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    });
    return answer.startsWith('HTTP/1.1 400 ') ? undefined : `no HTTP: ${answer.slice(0, 300)}`;
  }

  async function stored(): Promise<unknown> {
    const { json: hooks } = await client.call<{ pagination: { total: number } }>(
      'GET',
      '/api/v1/admin/integration/webhooks?limit=1',
    );
    const { json: users } = await client.call<{ count: number }>('GET', '/api/users/?page_size=1');
    const counts = ['pending', 'success', 'failed'] as const;
    return {
      webhooks: hooks.pagination.total,
      users: users.count,
      webhook: await client.ok('GET', `/api/v1/webhooks/${webhook.id}`),
      deliveries: await Promise.all(counts.map((status) => client.deliveries(webhook.id, status))),
      published: await stack.now.hub.metric('signalbox_events_published_total'),
      attempts: endpoint.attempts,
    };
  }

  stack.it(
    'are each refused clearly, store nothing, and leave memory as it was',
    async () => {
      const { hub } = stack.now;
      const resident = () => hub.metric('process_resident_memory_bytes');
      const before = await stored();
      expect(await round()).toEqual([]);
      const warm = await resident();
      expect(warm).toBeGreaterThan(0);
      for (let n = 0; n < ROUNDS; n += 1) expect(await round()).toEqual([]);
      expect((await resident()) - warm).toBeLessThan(MAY_GROW_BYTES);
      expect(await stored()).toEqual(before);
      expect(({} as { role?: unknown }).role).toBeUndefined();

      expect(hub.running).toBe(true);
      expect(hub.timesStarted).toBe(1);
      expect((await hub.probe('/health/ready')).status).toBe(200);
      // And what is right is still taken.
      await client.ok('POST', '/api/v1/webhooks/events/task.created', { body: { key: 'right' } });
      await endpoint.hasAll(['right'], 20_000);
      expect(receiver.wrong).toEqual([]);
    },
    240_000,
  );
});
