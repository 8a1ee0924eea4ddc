import { startReceiver, type Receiver } from '@signalbox/testing';
import { useOwnHub } from '../own-hub';
import { ID, TIME } from '../samples';
import { makeWebhook, type Enveloped } from './webhooks';

type Published = Enveloped<{ event_id: string; event_type: string; deliveries: number }>;

/** The types that the document lists. */
const TYPES = [
  'project.created',
  'project.updated',
  'project.deleted',
  'task.created',
  'task.updated',
  'task.completed',
  'user.registered',
  'user.updated',
  'deployment.started',
  'deployment.completed',
  'deployment.failed',
];

const hub = useOwnHub();
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const publish = (type: string, body: unknown, query = '') =>
  hub.call<Published>('POST', `/api/v1/webhooks/events/${type}${query}`, { body });

/** What the receiver was sent at a path. */
async function sentTo(path: string, count = 1): Promise<readonly { text: string; json(): unknown }[]> {
  const here = () => receiver.requests.filter(({ url }) => url === path);
  for (let wanted = receiver.requests.length + 1; here().length < count; wanted += 1) {
    await receiver.received(wanted);
  }
  return here();
}

describe('POST /api/v1/webhooks/events/{event_type}', () => {
  test.each(TYPES)('accepts %s and delivers it', async (type) => {
    const { project_id } = await makeWebhook(hub, { url: `${receiver.url}/${type}`, events: [type] });
    const { status, body } = await publish(type, { project_id, id: 123 });
    expect(status).toBe(202);
    expect(body).toEqual({
      code: 'S10000',
      msg: '處理Webhook事件成功',
      content: { event_id: ID, event_type: type, deliveries: 1 },
    });
    const [sent] = await sentTo(`/${type}`);
    expect(sent?.json()).toEqual({
      event_type: type,
      timestamp: TIME,
      data: { project_id, id: 123 },
      metadata: { source: 'api', version: 'v1', request_id: expect.any(String) as unknown },
    });
  });

  test('delivers the body byte for byte', async () => {
    const { project_id } = await makeWebhook(hub, { url: `${receiver.url}/bytes` });
    const text = `{ "b" : 1.0, "a":1e2,\n "big": 12345678901234567890, "u":"\\u00e9é", "project_id":"${project_id}" }`;
    expect((await publish('task.created', text)).status).toBe(202);
    const [sent] = await sentTo('/bytes');
    expect(sent?.text).toContain(`"data":${text},"metadata":`);
  });

  test('goes to the project named in the body or in the query only, and stays in the data', async () => {
    const mine = await makeWebhook(hub, { url: `${receiver.url}/mine` });
    await makeWebhook(hub, { url: `${receiver.url}/foreign` });
    const { project_id } = mine;
    expect((await publish('task.created', { project_id })).body.content.deliveries).toBe(1);
    expect((await publish('task.created', {}, `?project_id=${project_id}`)).body.content.deliveries).toBe(1);
    expect((await publish('task.created', { project_id }, `?project_id=${project_id}`)).status).toBe(202);
    const sent = (await sentTo('/mine', 3)).map((request) => (request.json() as { data: unknown }).data);
    expect(sent).toEqual(expect.arrayContaining([{ project_id }, {}, { project_id }]));
    expect(receiver.requests.filter(({ url }) => url === '/foreign')).toEqual([]);
  });

  test('without a project goes to every project that the caller may see', async () => {
    const [one, two] = [hub.project(), hub.project()];
    for (const project_id of [one, two, hub.project()]) {
      await makeWebhook(hub, { project_id, url: `${receiver.url}/all`, events: ['project.deleted'] });
    }
    const member = await hub.user({ role: 'member', projects: [one, two] });
    const { body } = await hub.call<Published>('POST', '/api/v1/webhooks/events/project.deleted', {
      as: member,
      body: {},
    });
    expect(body.content.deliveries).toBe(2);
  });

  test('nobody who listens is no error', async () => {
    const { status, body } = await publish('task.created', { project_id: hub.project() });
    expect(status).toBe(202);
    expect(body.content.deliveries).toBe(0);
  });

  test.each<[string, unknown, string, string]>([
    ['a query and a body that differ', { project_id: 'one' }, '?project_id=two', 'project_id'],
    ['a project that is no text', { project_id: 7 }, '', 'project_id'],
    ['a blank project', { project_id: ' ' }, '', 'project_id'],
    ['a list for a body', [1], '', 'body'],
    ['text for a body', '"text"', '', 'body'],
    ['null for a body', 'null', '', 'body'],
    ['no body', undefined, '', 'body'],
    ['a repeated query parameter', {}, '?project_id=a&project_id=a', 'project_id'],
  ])('refuses %s', async (_what, body, query, field) => {
    const answer = await publish('task.created', body, query);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'F40022', content: { details: [{ field }] } });
  });

  test.each(['nobody.knows', 'Task.Created', 'task', '*', 'task.*'])('refuses the type %s', async (type) => {
    const answer = await publish(type, {});
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'F40022', content: { details: [{ field: 'event_type' }] } });
  });

  test.each([
    ['broken JSON', '{"a":'],
    ['a name given twice', '{"a":1,"a":2}'],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['a NUL in a string', '{"a":"\\u0000"}'],
  ])('refuses %s as unreadable', async (_what, text) => {
    const answer = await publish('task.created', text);
    expect(answer.status === 400 || answer.status === 422).toBe(true);
    expect(answer.body).toMatchObject({ code: 'F40022' });
  });

  test('what is refused is delivered to nobody', async () => {
    const { id, project_id } = await makeWebhook(hub, { url: `${receiver.url}/refused`, events: ['*'] });
    const name = 'task.created';
    const refused = [
      await publish(name, { project_id }, '?project_id=another'),
      await publish('nobody.knows', { project_id }),
      await publish(name, `{"project_id":"${project_id}","a":"\\u0000"}`),
      await publish(name, `{"project_id":"${project_id}","a":1,"a":2}`),
      await publish(name, `{"project_id":"${project_id}"`),
      await publish(name, `{"project_id":"${project_id}","__proto__":{}}`),
      await publish(name, { project_id, text: 'x'.repeat(1024 * 1024) }),
      await publish(name, { project_id: `${project_id}\u0007` }),
      await hub.call('POST', `/api/v1/webhooks/events/${name}`, { as: 'viewer', body: { project_id } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([422, 422, 422, 400, 400, 422, 413, 422, 403]);
    await publish(name, { project_id, last: true });
    expect((await sentTo('/refused')).map(({ text }) => text.includes('"last":true'))).toEqual([true]);
    const logs = await hub.call('GET', `/api/v1/webhooks/${id}/logs`);
    expect(logs).toMatchObject({ body: { content: { total: 1 } } });
  });

  test('the same idempotency key publishes once', async () => {
    const { project_id } = await makeWebhook(hub, { url: `${receiver.url}/once` });
    const options = { body: { project_id }, headers: { 'Idempotency-Key': hub.project() } };
    const path = '/api/v1/webhooks/events/task.created';
    const [first, second] = [
      await hub.call<Published>('POST', path, options),
      await hub.call<Published>('POST', path, options),
    ];
    expect(second.body.content.event_id).toBe(first.body.content.event_id);
    expect(second.headers.get('Idempotent-Replayed')).toBe('true');
    await sentTo('/once');
    await publish('task.created', { project_id, marker: true });
    expect(await sentTo('/once', 2)).toHaveLength(2);
  });

  test.each([
    ['viewer', 403, 'F40003'],
    [null, 401, 'F40001'],
  ] as const)('refuses %s', async (as, status, code) => {
    const answer = await hub.call('POST', '/api/v1/webhooks/events/task.created', { as, body: {} });
    expect(answer).toMatchObject({ status, body: { code, content: null } });
  });

  test('a foreign project does not exist', async () => {
    const member = await hub.user({ role: 'member', projects: [hub.project()] });
    const answer = await hub.call('POST', '/api/v1/webhooks/events/task.created', {
      as: member,
      body: { project_id: hub.project() },
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 'F40004' } });
  });
});
