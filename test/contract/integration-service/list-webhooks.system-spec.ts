import { curl } from '../curl';
import { useHub } from '../hub';
import { ID, MASK, TIME } from '../samples';
import { makeWebhook, type Enveloped, type Webhook } from './webhooks';

interface Listed {
  readonly webhooks: readonly Webhook[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

const hub = useHub();

describe('GET /api/v1/webhooks', () => {
  test('answers the published example, its secrets masked', async () => {
    const project_id = hub.project();
    await makeWebhook(hub, {
      project_id,
      name: '項目部署通知',
      url: 'https://api.example.com/webhook',
      events: ['deployment.completed', 'deployment.failed'],
      headers: { Authorization: 'Bearer token' },
      secret: 'webhook_secret',
      is_active: true,
      retry_config: { max_retries: 3, retry_delay: 5 },
      timeout_seconds: 30,
    });
    const { status, body } = await hub.call('GET', `/api/v1/webhooks?project_id=${project_id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      code: 'S10000',
      msg: '獲取Webhook列表成功',
      content: {
        webhooks: [
          {
            id: ID,
            project_id,
            name: '項目部署通知',
            url: 'https://api.example.com/webhook',
            events: ['deployment.completed', 'deployment.failed'],
            headers: { Authorization: MASK },
            secret: MASK,
            is_active: true,
            disabled_reason: null,
            retry_config: { max_retries: 3, retry_delay: 5, on_client_error: 'retry' },
            timeout_seconds: 30,
            last_triggered_at: null,
            success_count: 0,
            failure_count: 0,
            created_by: ID,
            created_at: TIME,
            updated_at: TIME,
          },
        ],
        total: 1,
        page: 1,
        size: 20,
      },
    });
  });

  test('the published curl line works', async () => {
    const project_id = hub.project();
    const { id } = await makeWebhook(hub, { project_id });
    const { status, body } = await curl<Enveloped<Listed>>(
      `curl -X GET \\
        "http://localhost:8093/api/v1/webhooks?project_id=project123" \\
        -H "Content-Type: application/json" \\
        -H "Authorization: Bearer YOUR_TOKEN"`,
      hub.url,
      { YOUR_TOKEN: await hub.token('viewer'), project123: project_id },
    );
    expect(status).toBe(200);
    expect(body.content.webhooks.map((webhook) => webhook.id)).toEqual([id]);
  });

  test('the published fetch call works: a GET that names a content type and has no body', async () => {
    const { status, body } = await hub.call<Enveloped<Listed>>(
      'GET',
      '/api/v1/webhooks?project_id=project123',
      {
        headers: { 'Content-Type': 'application/json' },
      },
    );
    expect(status).toBe(200);
    expect(body.content.webhooks).toEqual([]);
  });

  test.each([
    ['is_active=true', ['active']],
    ['is_active=false', ['inactive']],
    ['', ['active', 'inactive']],
    ['page=1&size=1', ['inactive']],
    ['page=2&size=1', ['active']],
    ['page=3&size=1', []],
    ['nobody_knows_this=1', ['active', 'inactive']],
  ])('filters and pages: ?%s', async (query, names) => {
    const project_id = hub.project();
    await makeWebhook(hub, { project_id, name: 'active' });
    await makeWebhook(hub, { project_id, name: 'inactive', is_active: false });
    const { body } = await hub.call<Enveloped<Listed>>(
      'GET',
      `/api/v1/webhooks?project_id=${project_id}&${query}`,
    );
    expect(body.content.webhooks.map(({ name }) => name).sort()).toEqual(names);
  });

  test.each([
    ['is_active=yes', 'is_active'],
    ['is_active=1', 'is_active'],
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=one', 'page'],
    ['page=1.5', 'page'],
    ['page=1&page=2', 'page'],
    ['size=0', 'size'],
    ['size=101', 'size'],
    ['size=', 'size'],
    ['project_id=', 'project_id'],
    ['project_id=a&project_id=b', 'project_id'],
    [`project_id=${'a'.repeat(256)}`, 'project_id'],
  ])('refuses ?%s, naming the parameter', async (query, field) => {
    const { status, body } = await hub.call('GET', `/api/v1/webhooks?${query}`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'F40022', content: { details: [{ field }] } });
  });

  test.each([
    [undefined, '獲取Webhook列表成功'],
    ['zh-TW', '獲取Webhook列表成功'],
    ['zh-CN', '获取Webhook列表成功'],
    ['en', 'Webhooks listed'],
    ['en-GB,en;q=0.9', 'Webhooks listed'],
  ])('speaks the language that is asked for: %s', async (language, msg) => {
    const { body } = await hub.call<Enveloped<Listed>>('GET', '/api/v1/webhooks', {
      headers: language === undefined ? {} : { 'Accept-Language': language },
    });
    expect(body).toMatchObject({ code: 'S10000', msg });
  });

  test('shows a confined member their own projects only', async () => {
    const project_id = hub.project();
    const { id } = await makeWebhook(hub, { project_id });
    await makeWebhook(hub);
    const member = await hub.user({ role: 'member', projects: [project_id] });
    const { body } = await hub.call<Enveloped<Listed>>('GET', '/api/v1/webhooks', { as: member });
    expect(body.content.webhooks.map((webhook) => webhook.id)).toEqual([id]);
    expect(body.content.total).toBe(1);
  });

  test('asks for a credential', async () => {
    const { status, body } = await hub.call('GET', '/api/v1/webhooks', { as: null });
    expect(status).toBe(401);
    expect(body).toEqual({ code: 'F40001', msg: '未授權訪問', content: null });
  });
});
