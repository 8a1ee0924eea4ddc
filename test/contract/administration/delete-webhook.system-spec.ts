import { useHub } from '../hub';
import { BASE, makeAdminWebhook } from './webhooks';

const hub = useHub();

describe('DELETE /api/v1/admin/integration/webhooks/{webhook_id}', () => {
  test('answers what was deleted, and then it is gone', async () => {
    const { id } = await makeAdminWebhook(hub);
    const { status, body } = await hub.call('DELETE', `${BASE}/webhooks/${id}`, {
      as: 'integration_manager',
    });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, data: { id, deleted: true } });
    for (const method of ['GET', 'DELETE']) {
      expect(await hub.call(method, `${BASE}/webhooks/${id}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'NOT_FOUND' } },
      });
    }
  });

  test.each([
    ['viewer', 403, 'FORBIDDEN'],
    [null, 401, 'UNAUTHORIZED'],
  ] as const)('refuses %s', async (as, status, code) => {
    const { id } = await makeAdminWebhook(hub);
    expect(await hub.call('DELETE', `${BASE}/webhooks/${id}`, { as })).toMatchObject({
      status,
      body: { error: { code } },
    });
  });
});
