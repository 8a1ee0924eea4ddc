import { randomUUID } from 'node:crypto';
import { startReceiver, type Receiver } from '@signalbox/testing';
import { BASE, makeAdminWebhook } from './administration/webhooks';
import type { Answer } from './answer';
import { useHub, type CallerName } from './hub';
import { MASK, WEBHOOK } from './samples';

const hub = useHub();
const KEY = 'Idempotency-Key';
const EVENT = '/api/v1/webhooks/events/task.created';
let receiver: Receiver;
/** Ends the wait of whoever waits for the receiver's answer. */
let release: () => void = () => undefined;

beforeAll(async () => {
  const held = new Promise<void>((resolve) => (release = resolve));
  receiver = await startReceiver({
    respond: ({ url }) => (url === '/held' ? held.then(() => 200) : 200),
  });
});
afterAll(() => {
  release();
  return receiver.close();
});

const post = <T = unknown>(
  path: string,
  key: string,
  body: unknown,
  as: CallerName = 'admin',
): Promise<Answer<T>> =>
  hub.call<T>('POST', path, { as, body, headers: { [KEY]: key, 'Accept-Language': 'en' } });
const replayed = ({ headers }: Answer): string | null => headers.get('Idempotent-Replayed');

describe('the same key with the same body', () => {
  test.each<[string, () => object]>([
    ['/api/v1/webhooks', () => ({ ...WEBHOOK, project_id: hub.project() })],
    [`${BASE}/webhooks`, () => ({ ...WEBHOOK, project_id: hub.project() })],
    [`${BASE}/event-types`, () => ({ name: `once.x${randomUUID().replaceAll('-', '')}` })],
    ['/api/users/', () => ({ username: randomUUID(), password: randomUUID(), email: 'a@example.com' })],
    [EVENT, () => ({ project_id: hub.project() })],
  ])('%s answers the first response again, with or without a trailing slash', async (path, make) => {
    const [key, body] = [randomUUID(), make()];
    const first = await post(path, key, body);
    const second = await post(path, key, body);
    const third = await post(path.endsWith('/') ? path.slice(0, -1) : `${path}/`, key, body);
    expect(replayed(first)).toBeNull();
    for (const again of [second, third]) {
      expect(again.status).toBe(first.status);
      expect(replayed(again)).toBe('true');
      expect(again.headers.get('Content-Type')).toBe(first.headers.get('Content-Type'));
      expect(again.headers.get('X-Request-Id')).not.toBe(first.headers.get('X-Request-Id'));
      expect(again.text).toBe(first.text.replace(/"secret":"[^"]+"/, `"secret":"${MASK}"`));
    }
  });

  test('a secret that the caller chose is masked in the replay, too', async () => {
    const [key, body] = [randomUUID(), { ...WEBHOOK, project_id: hub.project(), secret: 'webhook_secret' }];
    expect((await post('/api/v1/webhooks', key, body)).text).toContain('webhook_secret');
    expect((await post('/api/v1/webhooks', key, body)).text).not.toContain('webhook_secret');
  });

  test('sends a test once', async () => {
    const { id } = await makeAdminWebhook(hub, { url: `${receiver.url}/test-once` });
    const key = randomUUID();
    const first = await post(`/api/v1/webhooks/${id}/test`, key, {});
    const second = await post(`/api/v1/webhooks/${id}/test`, key, {});
    expect([first.status, second.status, replayed(second)]).toEqual([200, 200, 'true']);
    expect(second.text).toBe(first.text);
    expect(receiver.requests.filter(({ url }) => url === '/test-once')).toHaveLength(1);
  });

  test('at the same time makes one event, whoever comes first', async () => {
    const { project_id } = await makeAdminWebhook(hub, { url: `${receiver.url}/concurrent` });
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        post<{ content: { event_id: string } | null }>(EVENT, key, { project_id }),
      ),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    expect(new Set(accepted.map(({ body }) => body.content?.event_id)).size).toBe(1);
    expect(accepted.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    await post(EVENT, randomUUID(), { project_id, last: true });
    await receiver.received(receiver.requests.length);
    const sent = async (): Promise<number> => {
      while (!receiver.requests.some(({ text }) => text.includes('"last":true'))) {
        await receiver.received(receiver.requests.length + 1);
      }
      return receiver.requests.filter(({ url }) => url === '/concurrent').length;
    };
    expect(await sent()).toBe(2);
  });

  test('while the first is still running is a 409 that says when to come back, then the replay', async () => {
    const { id } = await makeAdminWebhook(hub, { url: `${receiver.url}/held` });
    const [path, key] = [`/api/v1/webhooks/${id}/test`, randomUUID()];
    const first = post(path, key, {});
    while (!receiver.requests.some(({ url }) => url === '/held')) {
      await receiver.received(receiver.requests.length + 1);
    }
    const early = await post(path, key, {});
    expect(early.status).toBe(409);
    expect(early.headers.get('Retry-After')).toBe('1');
    expect(early.body).toEqual({
      code: 'F40009',
      msg: 'The first request with this Idempotency-Key has not ended yet',
      content: null,
    });
    release();
    expect((await first).status).toBe(200);
    const late = await post(path, key, {});
    expect([late.status, replayed(late)]).toEqual([200, 'true']);
    expect(receiver.requests.filter(({ url }) => url === '/held')).toHaveLength(1);
  });
});

describe('the same key with another body', () => {
  const message = 'This Idempotency-Key was used with another request';
  test.each<[string, object, unknown]>([
    ['/api/v1/webhooks', WEBHOOK, { code: 'F40009', msg: message, content: null }],
    [`${BASE}/webhooks`, WEBHOOK, { success: false, error: { code: 'CONFLICT', message } }],
    [
      '/api/users/',
      { password: 'correct horse', email: 'a@example.com' },
      { error: { code: 'CONFLICT', message, details: {} }, path: '/api/users/' },
    ],
  ])('%s is a 409', async (path, fixed, error) => {
    const key = randomUUID();
    const body = { ...fixed, ...(path === '/api/users/' ? { username: key } : { project_id: key }) };
    expect((await post(path, key, body)).status).toBe(201);
    for (const other of [{ ...body, name: 'Another' }, {}, { ...body, nobody_knows_this: 1 }]) {
      const answer = await post(path, key, other);
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject(error as object);
      expect(answer.headers.get('Retry-After')).toBeNull();
    }
  });

  test('so is another query', async () => {
    const [key, other] = [randomUUID(), `${EVENT}?project_id=${hub.project()}`];
    expect(await post(`${EVENT}?project_id=${hub.project()}`, key, {}, 'member')).toMatchObject({
      status: 202,
    });
    expect(await post(other, key, {}, 'member')).toMatchObject({ status: 409 });
  });
});

describe('a key is one’s own', () => {
  test('per principal, and per path', async () => {
    const [key, body] = [randomUUID(), { project_id: hub.project() }];
    const [one, two] = [await hub.user({ role: 'member' }), await hub.user({ role: 'member' })];
    const answers = [
      await post(EVENT, key, body, one),
      await post(EVENT, key, body, two),
      await post(EVENT.replace('created', 'updated'), key, body, one),
      await post(EVENT, key, { ...body, another: 'body' }, 'integration_manager'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(answers.map(replayed)).toEqual([null, null, null, null]);
  });

  test.each<[string, string, object, CallerName, number]>([
    ['not valid', '/api/v1/webhooks', {}, 'admin', 422],
    ['not allowed', '/api/v1/webhooks', { ...WEBHOOK, project_id: 'a' }, 'viewer', 403],
    ['about what is not there', '/api/v1/webhooks/webhook_id/test', {}, 'admin', 404],
    ['not authenticated', EVENT, {}, null, 401],
  ])('a request that was %s is not kept', async (_what, path, body, as, status) => {
    const key = randomUUID();
    for (let i = 0; i < 2; i += 1) {
      const refused = await post(path, key, body, as);
      expect([refused.status, replayed(refused)]).toEqual([status, null]);
    }
    const good = await post('/api/v1/webhooks', key, { ...WEBHOOK, project_id: hub.project() });
    expect([good.status, replayed(good)]).toEqual([201, null]);
  });

  test('a body that cannot be read does not spend it', async () => {
    const key = randomUUID();
    expect(await post(EVENT, key, '{"a":')).toMatchObject({ status: 400 });
    expect(await post(EVENT, key, { project_id: hub.project() })).toMatchObject({ status: 202 });
  });

  test.each(['', 'two words', 'x'.repeat(256), 'ä'])('%j is none', async (key) => {
    const answer = await post(EVENT, Buffer.from(key).toString('latin1'), {});
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'F40022', content: { details: [{ field: KEY }] } },
    });
  });

  test('a PUT does not look at it', async () => {
    const { id } = await makeAdminWebhook(hub);
    for (const name of ['one', 'two']) {
      const answer = await hub.call('PUT', `/api/v1/webhooks/${id}`, {
        body: { name },
        headers: { [KEY]: 'same' },
      });
      expect(answer).toMatchObject({ status: 200, body: { content: { name } } });
      expect(replayed(answer)).toBeNull();
    }
  });
});
