import { useHub } from '../hub';
import { MASK, TEXT } from '../samples';
import { BASE, makeAdminWebhook } from './webhooks';

const hub = useHub();

describe('GET /api/v1/admin/integration/webhooks/{webhook_id}', () => {
  test('answers the webhook, its secret masked', async () => {
    const webhook = await makeAdminWebhook(hub);
    const { status, body } = await hub.call('GET', `${BASE}/webhooks/${webhook.id}`, { as: 'viewer' });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, data: { ...webhook, secret: MASK } });
  });

  test.each(['webhook_id', '019a9e2c-6f00-7000-8000-000000000000'])('does not find %s', async (id) => {
    const { status, body } = await hub.call('GET', `${BASE}/webhooks/${id}`);
    expect(status).toBe(404);
    expect(body).toEqual({ success: false, error: { code: 'NOT_FOUND', message: TEXT } });
  });
});
