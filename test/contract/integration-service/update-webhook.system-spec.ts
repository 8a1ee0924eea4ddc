import { useHub } from '../hub';
import { MASK, TIME } from '../samples';
import { makeWebhook, type Enveloped, type Webhook } from './webhooks';

const hub = useHub();

describe('PUT /api/v1/webhooks/{webhook_id}', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['nothing', {}, {}],
    ['the name', { name: '部署通知' }, { name: '部署通知' }],
    ['the URL', { url: 'https://api.example.com/other' }, { url: 'https://api.example.com/other' }],
    ['the events', { events: ['deployment.failed'] }, { events: ['deployment.failed'] }],
    ['the headers', { headers: { 'X-One': '1' } }, { headers: { 'X-One': '1' } }],
    ['whether it is active', { is_active: false }, { is_active: false }],
    ['the time-out', { timeout_seconds: 300 }, { timeout_seconds: 300 }],
    [
      'one retry setting',
      { retry_config: { max_retries: 20 } },
      { retry_config: { max_retries: 20, retry_delay: 7, on_client_error: 'fail' } },
    ],
  ])('changes %s and nothing else', async (_what, changes, changed) => {
    const made = await makeWebhook(hub, {
      retry_config: { max_retries: 2, retry_delay: 7, on_client_error: 'fail' },
    });
    const { status, body } = await hub.call('PUT', `/api/v1/webhooks/${made.id}`, {
      as: 'member',
      body: changes,
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      code: 'S10000',
      msg: '更新Webhook成功',
      content: { ...made, secret: MASK, updated_at: TIME, ...changed },
    });
  });

  test('shows a new secret once; the mask sent back keeps it and keeps masked headers', async () => {
    const { id } = await makeWebhook(hub, { headers: { Authorization: 'Bearer token' } });
    const path = `/api/v1/webhooks/${id}`;
    const changed = await hub.call<Enveloped<Webhook>>('PUT', path, { body: { secret: 'another_secret' } });
    expect(changed.body.content.secret).toBe('another_secret');
    const kept = await hub.call<Enveloped<Webhook>>('PUT', path, {
      body: { secret: MASK, headers: { Authorization: MASK } },
    });
    expect(kept).toMatchObject({
      status: 200,
      body: { content: { secret: MASK, headers: { Authorization: MASK } } },
    });
  });

  test('moves to another project that the caller may see', async () => {
    const { id } = await makeWebhook(hub);
    const project_id = hub.project();
    const { body } = await hub.call('PUT', `/api/v1/webhooks/${id}`, { body: { project_id } });
    expect(body).toMatchObject({ content: { project_id } });
  });

  test.each([
    ['id', { id: 'mine' }],
    ['created_by', { created_by: 'me' }],
    ['events', { events: [] }],
    ['project_id', { project_id: null }],
    ['name', { name: null }],
    ['secret', { secret: 'short' }],
  ])('refuses a wrong %s and changes nothing', async (field, changes) => {
    const made = await makeWebhook(hub);
    const { status, body } = await hub.call('PUT', `/api/v1/webhooks/${made.id}`, {
      body: { is_active: false, ...changes },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'F40022', content: { details: [{ field }] } });
    const after = await hub.call('GET', `/api/v1/webhooks/${made.id}`);
    expect(after.body).toMatchObject({ content: { ...made, secret: MASK } });
  });

  test.each([
    ['viewer', 403, 'F40003'],
    [null, 401, 'F40001'],
  ] as const)('refuses %s', async (as, status, code) => {
    const { id } = await makeWebhook(hub);
    const answer = await hub.call('PUT', `/api/v1/webhooks/${id}`, { as, body: { is_active: false } });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test('does not find a webhook that is not there', async () => {
    const answer = await hub.call('PUT', '/api/v1/webhooks/webhook_id', { body: {} });
    expect(answer).toMatchObject({ status: 404, body: { code: 'F42301' } });
  });
});
