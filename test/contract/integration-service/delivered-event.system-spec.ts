import { createHmac } from 'node:crypto';
import { startReceiver, until, type ReceivedRequest, type Receiver } from '@signalbox/testing';
import { Webhook } from 'standardwebhooks';
import { BASE } from '../administration/webhooks';
import { useOwnHub } from '../own-hub';
import { WEBHOOK } from '../samples';
import { makeWebhook, type Enveloped } from './webhooks';

type Logs = Enveloped<{
  logs: { id: string; status: string; attempts: number; status_code: number | null }[];
}>;

const hub = useOwnHub();
const EVENT = '/api/v1/webhooks/events/task.created';
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
/** Not base64: the text itself is the key. */
const NOT_BASE64 = 'whsec_not base64!';
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver({
    respond: ({ url }) =>
      url.startsWith('/fails-twice') && at(url).length < 3
        ? { status: 503, headers: { 'retry-after': '1' } }
        : 200,
  });
});
afterAll(() => receiver.close());

const at = (path: string): ReceivedRequest[] => receiver.requests.filter(({ url }) => url === path);
const sentTo = (path: string, count = 1): Promise<ReceivedRequest[]> =>
  until(`${count} sent to ${path}`, 15_000, () => Promise.resolve(at(path).length >= count && at(path)));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const header = ({ headers }: ReceivedRequest, name: string): string => String(headers[name]);
const standardHeaders = (request: ReceivedRequest): Record<string, string> =>
  Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, header(request, name)]),
  );

describe('a delivery', () => {
  test.each<[string, string | undefined, (secret: string) => Webhook]>([
    ['of the hub’s own making', undefined, (secret) => new Webhook(secret)],
    ['in base64', WHSEC, (secret) => new Webhook(secret)],
    ['of plain text', 'webhook_secret', (secret) => new Webhook(secret, { format: 'raw' })],
    ['in Chinese', '密鑰密鑰密鑰密鑰', (secret) => new Webhook(base64(secret))],
    ['that only looks like base64', NOT_BASE64, (secret) => new Webhook(base64(secret))],
  ])(
    'is verified by the official library with a secret %s, and in the published way',
    async (what, given, verifier) => {
      const path = `/${encodeURIComponent(what)}`;
      const { project_id, secret } = await makeWebhook(hub, {
        url: receiver.url + path,
        ...(given !== undefined && { secret: given }),
      });
      await hub.call('POST', EVENT, { body: { project_id, title: '任務' } });
      const [request] = await sentTo(path);
      if (!request) throw new Error('Nothing was sent');
      const verify = (body: string, headers = standardHeaders(request)): unknown =>
        verifier(secret).verify(body, headers);
      expect(verify(request.text)).toMatchObject({ event_type: 'task.created', data: { title: '任務' } });
      expect(() => verify(request.text.replace('任務', '任意'))).toThrow('signature');
      expect(() => verify(request.text, { ...standardHeaders(request), 'webhook-id': 'another' })).toThrow();
      const timestamp = Number(header(request, 'webhook-timestamp'));
      expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(30);
      const whole = createHmac('sha256', secret).update(request.body).digest('hex');
      expect(header(request, 'x-embedai-signature')).toBe(`sha256=${whole}`);
      expect(request.method).toBe('POST');
    },
  );

  test('has the same id over all its attempts, in the log, and when it is sent again', async () => {
    const path = '/fails-twice';
    const { id, project_id, secret } = await makeWebhook(hub, {
      url: receiver.url + path,
      headers: { 'X-Custom-Header': 'custom-value' },
      retry_config: { max_retries: 3, retry_delay: 1 },
    });
    await hub.call('POST', EVENT, { body: { project_id } });
    await sentTo(path, 3);
    const [log] = await until('the log says so', 10_000, async () => {
      const { body } = await hub.call<Logs>('GET', `/api/v1/webhooks/${id}/logs`);
      return body.content.logs[0]?.status === 'success' && body.content.logs;
    });
    expect(log).toMatchObject({ attempts: 3, status_code: 200 });
    expect(
      await hub.call('POST', `/api/v1/webhooks/${id}/retry`, { body: { log_id: log?.id } }),
    ).toMatchObject({
      status: 202,
    });
    const requests = await sentTo(path, 4);
    for (const request of requests) {
      expect(header(request, 'webhook-id')).toBe(log?.id);
      expect(header(request, 'x-embedai-delivery')).toBe(log?.id);
      expect(header(request, 'x-custom-header')).toBe('custom-value');
      expect(request.body.equals(requests[0]?.body ?? Buffer.alloc(0))).toBe(true);
      expect(() => new Webhook(secret).verify(request.body, standardHeaders(request))).not.toThrow();
    }
    const times = requests.map((request) => Number(header(request, 'webhook-timestamp')));
    expect(times[2]).toBeGreaterThan(times[0] ?? Infinity);
  });

  test('is signed with the new secret as soon as it is changed', async () => {
    const path = '/rotated';
    const { id, project_id } = await makeWebhook(hub, { url: receiver.url + path, secret: WHSEC });
    await hub.call('PUT', `/api/v1/webhooks/${id}`, { body: { secret: 'another_secret' } });
    await hub.call('POST', EVENT, { body: { project_id } });
    const [request] = await sentTo(path);
    if (!request) throw new Error('Nothing was sent');
    const headers = standardHeaders(request);
    expect(() => new Webhook(WHSEC).verify(request.body, headers)).toThrow('signature');
    expect(() =>
      new Webhook('another_secret', { format: 'raw' }).verify(request.body, headers),
    ).not.toThrow();
  });

  test('reaches a webhook outside every project whatever the project, and inactive ones never', async () => {
    const everywhere = await hub.call<{ data: { id: string } }>('POST', `${BASE}/webhooks`, {
      body: { ...WEBHOOK, url: `${receiver.url}/everywhere`, events: ['deployment.started'] },
    });
    const { project_id } = await makeWebhook(hub, {
      url: `${receiver.url}/inactive`,
      events: ['deployment.started'],
      is_active: false,
    });
    for (const body of [{ project_id }, { project_id: hub.project() }, {}]) {
      const answer = await hub.call('POST', '/api/v1/webhooks/events/deployment.started', { body });
      expect(answer).toMatchObject({ status: 202, body: { content: { deliveries: 1 } } });
    }
    expect(await sentTo('/everywhere', 3)).toHaveLength(3);
    expect(at('/inactive')).toEqual([]);
    await hub.call('DELETE', `${BASE}/webhooks/${everywhere.body.data.id}`);
  });

  test.each([
    [['task.*'], 'task.completed', 1],
    [['task.*'], 'project.created', 0],
    [['*'], 'chat.ended', 1],
    [['task.*', 'task.created', '*'], 'task.created', 1],
    [['integration.*'], 'integration.sync.failed', 1],
    [['integration.sync.*'], 'integration.status.changed', 0],
  ])('subscribed to %j, %s makes %i', async (events, type, deliveries) => {
    const { project_id } = await makeWebhook(hub, { url: `${receiver.url}/patterns`, events });
    const answer = await hub.call('POST', `/api/v1/webhooks/events/${type}`, { body: { project_id } });
    expect(answer).toMatchObject({ status: 202, body: { content: { deliveries } } });
  });

  test('a receiver that answers 410 switches the webhook off, which says why', async () => {
    const gone = await startReceiver({ respond: () => 410 });
    try {
      const { id, project_id } = await makeWebhook(hub, { url: gone.url });
      await hub.call('POST', EVENT, { body: { project_id } });
      const off = await until('the webhook is off', 10_000, async () => {
        const { body } = await hub.call<Enveloped<{ is_active: boolean }>>('GET', `/api/v1/webhooks/${id}`);
        return !body.content.is_active && body.content;
      });
      expect(off).toMatchObject({
        is_active: false,
        disabled_reason: expect.stringMatching(/\S/) as unknown,
      });
      const on = await hub.call('PUT', `/api/v1/webhooks/${id}`, { body: { is_active: true } });
      expect(on).toMatchObject({
        status: 200,
        body: { content: { is_active: true, disabled_reason: null } },
      });
    } finally {
      await gone.close();
    }
  });
});
