import { useHub } from '../hub';
import { MASK, TIME } from '../samples';
import { BASE, makeAdminWebhook, type AdminWebhook, type Data } from './webhooks';

const hub = useHub();

describe('PUT /api/v1/admin/integration/webhooks/{webhook_id}', () => {
  test('accepts the published example and leaves the rest as it is', async () => {
    const webhook = await makeAdminWebhook(hub);
    const { status, body } = await hub.call('PUT', `${BASE}/webhooks/${webhook.id}`, {
      as: 'member',
      body: { name: 'Updated Webhook Name', is_active: false },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: { ...webhook, secret: MASK, updated_at: TIME, name: 'Updated Webhook Name', is_active: false },
    });
  });

  test('retry_count leaves the other retry settings as S0 set them', async () => {
    const { id } = await makeAdminWebhook(hub);
    await hub.call('PUT', `/api/v1/webhooks/${id}`, {
      body: { retry_config: { retry_delay: 9, on_client_error: 'fail' } },
    });
    await hub.call('PUT', `${BASE}/webhooks/${id}`, { body: { retry_count: 1, timeout: 2 } });
    expect(await hub.call('GET', `/api/v1/webhooks/${id}`)).toMatchObject({
      body: {
        content: {
          retry_config: { max_retries: 1, retry_delay: 9, on_client_error: 'fail' },
          timeout_seconds: 2,
        },
      },
    });
  });

  test('null takes the description away, and takes the webhook out of every project', async () => {
    const { id } = await makeAdminWebhook(hub, { description: 'about' });
    const { body } = await hub.call<Data<AdminWebhook>>('PUT', `${BASE}/webhooks/${id}`, {
      body: { description: null, project_id: null },
    });
    expect(body.data).toMatchObject({ description: null, project_id: null });
  });

  test('shows a new secret once', async () => {
    const { id } = await makeAdminWebhook(hub);
    const path = `${BASE}/webhooks/${id}`;
    const changed = await hub.call('PUT', path, { body: { secret: 'another_secret' } });
    expect(changed).toMatchObject({ body: { data: { secret: 'another_secret' } } });
    expect(await hub.call('GET', path)).toMatchObject({ body: { data: { secret: MASK } } });
  });

  test.each([
    ['id', { id: 'mine' }],
    ['name', { name: null }],
    ['events', { events: null }],
    ['retry_count', { retry_count: '3' }],
  ])('refuses a wrong %s and changes nothing', async (field, changes) => {
    const webhook = await makeAdminWebhook(hub);
    const path = `${BASE}/webhooks/${webhook.id}`;
    const { status, body } = await hub.call('PUT', path, { body: { is_active: false, ...changes } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: [{ field }] } });
    expect(await hub.call('GET', path)).toMatchObject({ body: { data: { ...webhook, secret: MASK } } });
  });

  test.each([
    ['viewer', 403, 'FORBIDDEN'],
    [null, 401, 'UNAUTHORIZED'],
  ] as const)('refuses %s', async (as, status, code) => {
    const { id } = await makeAdminWebhook(hub);
    expect(await hub.call('PUT', `${BASE}/webhooks/${id}`, { as, body: {} })).toMatchObject({
      status,
      body: { error: { code } },
    });
  });
});
