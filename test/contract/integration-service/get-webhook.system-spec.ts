import { useHub } from '../hub';
import { MASK } from '../samples';
import { makeWebhook } from './webhooks';

const hub = useHub();

describe('GET /api/v1/webhooks/{webhook_id}', () => {
  test('answers the bare webhook as content, with or without a trailing slash', async () => {
    const { secret: _once, ...webhook } = await makeWebhook(hub);
    for (const slash of ['', '/']) {
      const { status, body } = await hub.call('GET', `/api/v1/webhooks/${webhook.id}${slash}`, {
        as: 'viewer',
      });
      expect(status).toBe(200);
      expect(body).toEqual({
        code: 'S10000',
        msg: '獲取Webhook詳情成功',
        content: { ...webhook, secret: MASK },
      });
    }
  });

  test.each(['019a9e2c-6f00-7000-8000-000000000000', 'webhook_id', "'%20OR%201=1", 'x'.repeat(300)])(
    'does not find %s',
    async (id) => {
      const { status, body } = await hub.call('GET', `/api/v1/webhooks/${id}`);
      expect(status).toBe(404);
      expect(body).toMatchObject({ content: null });
    },
  );

  test('says that it is the webhook that is missing', async () => {
    const { body } = await hub.call('GET', '/api/v1/webhooks/019a9e2c-6f00-7000-8000-000000000000');
    expect(body).toEqual({ code: 'F42301', msg: 'Webhook不存在', content: null });
  });

  test('a webhook of a foreign project does not exist', async () => {
    const { id } = await makeWebhook(hub);
    const member = await hub.user({ role: 'member', projects: [hub.project()] });
    const answer = await hub.call('GET', `/api/v1/webhooks/${id}`, { as: member });
    expect(answer).toMatchObject({ status: 404, body: { code: 'F42301' } });
  });
});
