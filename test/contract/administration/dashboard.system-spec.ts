import { startReceiver } from '@signalbox/testing';
import { useOwnHub } from '../own-hub';
import { makeIntegration, stripe } from '../integration-management/integrations';
import { eventually, makeKey } from './usage';
import { BASE, makeAdminWebhook } from './webhooks';

const hub = useOwnHub();

interface Dashboard {
  readonly api_requests_24h: number;
  readonly webhook_deliveries_24h: number;
  readonly [field: string]: unknown;
}

const ask = (as?: { token: string }) =>
  hub.call<{ success: true; data: Dashboard }>('GET', `${BASE}/dashboard`, as ? { as } : {});

describe('GET /api/v1/admin/integration/dashboard', () => {
  test('answers every published field', async () => {
    const before = (await ask()).body.data;
    const project_id = hub.project();
    const provider = await startReceiver({
      respond: ({ url }) => ({ status: url.startsWith('/v1/') ? 401 : 200 }),
    });
    await makeIntegration(hub, { configuration: { provider: 'generic', base_url: provider.url } });
    await makeIntegration(hub, stripe(provider.url));
    await makeIntegration(hub, { ...stripe(provider.url), project_id });
    await makeAdminWebhook(hub, { project_id });
    await makeAdminWebhook(hub, { project_id, is_active: false });
    const key = await makeKey(hub, { project_ids: [project_id] });
    await makeKey(hub, { expires_at: new Date(Date.now() + 3_600_000).toISOString() });
    const { status, body } = await eventually<Dashboard>(
      () => ask(),
      (data) =>
        data.api_requests_24h > before.api_requests_24h &&
        data.total_webhooks !== before.total_webhooks &&
        data.active_integrations === 1,
    );
    expect(status).toBe(200);
    const more = (name: string) => Number(body.data[name]) - Number(before[name]);
    expect(body).toEqual({
      success: true,
      data: {
        total_integrations: 3,
        active_integrations: 1,
        total_webhooks: expect.any(Number),
        active_webhooks: expect.any(Number),
        total_api_keys: expect.any(Number),
        active_api_keys: expect.any(Number),
        api_requests_24h: expect.any(Number),
        webhook_deliveries_24h: expect.any(Number),
        webhook_success_rate: expect.any(Number),
        integration_by_type: { webhook: 1, api_client: 2, oauth: 0 },
      },
    });
    expect([more('total_webhooks'), more('active_webhooks')]).toEqual([2, 1]);
    expect([more('total_api_keys'), more('active_api_keys')]).toEqual([2, 2]);
    expect((await ask({ token: key.token })).body.data).toMatchObject({
      total_integrations: 1,
      active_integrations: 0,
      integration_by_type: { webhook: 0, api_client: 1, oauth: 0 },
      total_webhooks: 2,
      active_webhooks: 1,
      total_api_keys: 1,
      active_api_keys: 1,
    });
    await provider.close();
  });

  test('counts deliveries, and how many succeeded', async () => {
    const receiver = await startReceiver();
    const project_id = hub.project();
    const key = await makeKey(hub, { project_ids: [project_id] });
    const as = { token: key.token };
    expect((await ask(as)).body.data).toMatchObject({ webhook_deliveries_24h: 0, webhook_success_rate: 100 });
    await makeAdminWebhook(hub, { project_id, url: receiver.url, events: ['task.created'], retry_count: 0 });
    await makeAdminWebhook(hub, {
      project_id,
      url: 'http://127.0.0.1:9/',
      events: ['task.created'],
      retry_count: 0,
    });
    await hub.call('POST', `/api/v1/webhooks/events/task.created?project_id=${project_id}`, {
      body: { n: 1 },
    });
    const { body } = await eventually<Dashboard>(
      () => ask(as),
      (data) => data.webhook_success_rate === 50 && data.webhook_deliveries_24h === 2,
    );
    expect(body.data.webhook_success_rate).toBe(50);
    await receiver.close();
  });

  test('needs `read`', async () => {
    expect(await hub.call('GET', `${BASE}/dashboard`, { as: null })).toMatchObject({ status: 401 });
    expect(await hub.call('GET', `${BASE}/dashboard`, { as: 'viewer' })).toMatchObject({ status: 200 });
    const { token } = await makeKey(hub, { scopes: ['webhook'] });
    expect(await ask({ token })).toMatchObject({ status: 403 });
  });
});
