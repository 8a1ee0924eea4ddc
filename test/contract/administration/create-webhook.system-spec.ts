import { useHub } from '../hub';
import { ID, MASK, TEXT, TIME, WEBHOOK } from '../samples';
import { BASE, makeAdminWebhook, type AdminWebhook, type Data } from './webhooks';

const hub = useHub();

describe('POST /api/v1/admin/integration/webhooks', () => {
  test('accepts the published example and answers in the published names', async () => {
    const { status, body } = await hub.call<Data<AdminWebhook>>('POST', `${BASE}/webhooks`, {
      body: {
        name: 'Production Webhook',
        description: 'Webhook for production notifications',
        url: 'https://your-app.com/webhook',
        events: ['knowledge_base.created', 'document.processed'],
        secret: 'your-webhook-secret',
        headers: { 'X-Custom-Header': 'custom-value' },
        timeout: 30,
        retry_count: 3,
      },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      data: {
        id: ID,
        project_id: null,
        name: 'Production Webhook',
        description: 'Webhook for production notifications',
        url: 'https://your-app.com/webhook',
        events: ['knowledge_base.created', 'document.processed'],
        secret: 'your-webhook-secret',
        headers: { 'X-Custom-Header': 'custom-value' },
        is_active: true,
        disabled_reason: null,
        timeout: 30,
        retry_count: 3,
        last_triggered_at: null,
        success_count: 0,
        failure_count: 0,
        created_by: ID,
        created_at: TIME,
        updated_at: TIME,
      },
    });
  });

  test.each([
    'user.created',
    'user.updated',
    'user.deleted',
    'knowledge_base.created',
    'knowledge_base.updated',
    'knowledge_base.deleted',
    'document.uploaded',
    'document.processed',
    'document.failed',
    'chat.started',
    'chat.ended',
    'system.alert',
  ])('subscribes to the published event %s', async (type) => {
    expect((await makeAdminWebhook(hub, { events: [type] })).events).toEqual([type]);
  });

  test('is the same row as the integration service’s, in other names', async () => {
    const { id } = await makeAdminWebhook(hub, { timeout: 17, retry_count: 9 });
    expect(await hub.call('GET', `/api/v1/webhooks/${id}`)).toMatchObject({
      status: 200,
      body: { content: { id, timeout_seconds: 17, retry_config: { max_retries: 9, retry_delay: 5 } } },
    });
  });

  test('without a project it is outside every project: a confined member neither sees nor makes one', async () => {
    const { id } = await makeAdminWebhook(hub, { project_id: null });
    const member = await hub.user({ role: 'member', projects: [hub.project()] });
    expect(await hub.call('GET', `${BASE}/webhooks/${id}`, { as: member })).toMatchObject({ status: 404 });
    const made = await hub.call('POST', `${BASE}/webhooks`, { as: member, body: WEBHOOK });
    expect(made).toMatchObject({ status: 404, body: { success: false, error: { code: 'NOT_FOUND' } } });
  });

  test.each([
    ['no events', { events: [] }, 'events'],
    ['an unknown event type', { events: ['nobody.knows'] }, 'events[0]'],
    ['S0’s name for the time-out', { timeout_seconds: 30 }, 'timeout_seconds'],
    ['S0’s name for the retries', { retry_config: { max_retries: 3 } }, 'retry_config'],
    ['a time-out of 301', { timeout: 301 }, 'timeout'],
    ['a time-out of half a second', { timeout: 0.5 }, 'timeout'],
    ['21 retries', { retry_count: 21 }, 'retry_count'],
    ['a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
    ['a URL that is not http', { url: 'ws://example.com' }, 'url'],
    ['a blank project', { project_id: ' ' }, 'project_id'],
    ['the mask for a secret', { secret: MASK }, 'secret'],
  ])('refuses %s, naming the field', async (_what, fields, field) => {
    const { status, body } = await hub.call('POST', `${BASE}/webhooks`, { body: { ...WEBHOOK, ...fields } });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      success: false,
      error: {
        code: 'VALIDATION_ERROR',
        message: 'The request is not valid',
        details: [{ field, message: TEXT }],
      },
    });
  });

  test.each([
    ['viewer', 403, 'FORBIDDEN'],
    [null, 401, 'UNAUTHORIZED'],
  ] as const)('refuses %s', async (as, status, code) => {
    expect(await hub.call('POST', `${BASE}/webhooks`, { as, body: WEBHOOK })).toMatchObject({
      status,
      body: { success: false, error: { code } },
    });
  });
});
