import { useHub } from '../hub';
import { makeWebhook } from './webhooks';

const hub = useHub();

describe('DELETE /api/v1/webhooks/{webhook_id}', () => {
  test('answers what was deleted, and then it is gone', async () => {
    const { id } = await makeWebhook(hub);
    const { status, body } = await hub.call('DELETE', `/api/v1/webhooks/${id}`, { as: 'member' });
    expect(status).toBe(200);
    expect(body).toEqual({ code: 'S10000', msg: '刪除Webhook成功', content: { id, deleted: true } });
    for (const method of ['GET', 'DELETE']) {
      const answer = await hub.call(method, `/api/v1/webhooks/${id}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'F42301' } });
    }
  });

  test.each([
    ['viewer', 403, 'F40003'],
    [null, 401, 'F40001'],
  ] as const)('refuses %s, and the webhook stays', async (as, status, code) => {
    const { id } = await makeWebhook(hub);
    const answer = await hub.call('DELETE', `/api/v1/webhooks/${id}`, { as });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await hub.call('GET', `/api/v1/webhooks/${id}`)).toMatchObject({ status: 200 });
  });

  test('a webhook of a foreign project stays, too', async () => {
    const { id } = await makeWebhook(hub);
    const member = await hub.user({ role: 'member', projects: [hub.project()] });
    expect(await hub.call('DELETE', `/api/v1/webhooks/${id}`, { as: member })).toMatchObject({ status: 404 });
    expect(await hub.call('GET', `/api/v1/webhooks/${id}`)).toMatchObject({ status: 200 });
  });
});
