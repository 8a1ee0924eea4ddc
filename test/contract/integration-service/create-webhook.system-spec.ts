import { curl } from '../curl';
import { useHub } from '../hub';
import { ID, MASK, TEXT, TIME, WEBHOOK } from '../samples';
import { makeWebhook, type Enveloped, type Webhook } from './webhooks';

const hub = useHub();

describe('POST /api/v1/webhooks', () => {
  test('the published curl line works, and its answer shows the secret once', async () => {
    const project_id = hub.project();
    const { status, body } = await curl<Enveloped<Webhook>>(
      `curl -X POST \\
        http://localhost:8093/api/v1/webhooks \\
        -H "Content-Type: application/json" \\
        -H "Authorization: Bearer YOUR_TOKEN" \\
        -d '{
          "project_id": "project123",
          "name": "部署通知",
          "url": "https://api.example.com/webhook",
          "events": ["deployment.completed", "deployment.failed"],
          "headers": {"Authorization": "Bearer token"},
          "secret": "webhook_secret",
          "is_active": true,
          "timeout_seconds": 30
        }'`,
      hub.url,
      { YOUR_TOKEN: await hub.token('member'), project123: project_id },
    );
    expect(status).toBe(201);
    expect(body).toEqual({
      code: 'S10000',
      msg: '創建Webhook成功',
      content: {
        id: ID,
        project_id,
        name: '部署通知',
        url: 'https://api.example.com/webhook',
        events: ['deployment.completed', 'deployment.failed'],
        headers: { Authorization: MASK },
        secret: 'webhook_secret',
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
    });
    const again = await hub.call<Enveloped<Webhook>>('GET', `/api/v1/webhooks/${body.content.id}`);
    expect(again.body.content.secret).toBe(MASK);
  });

  test('needs no more than the required fields, and fills in the published defaults', async () => {
    const webhook = await makeWebhook(hub);
    expect(webhook).toMatchObject({
      headers: {},
      is_active: true,
      timeout_seconds: 30,
      secret: expect.stringMatching(/^whsec_.{32,}/) as unknown,
    });
  });

  test.each([
    ['every type', ['*']],
    ['a family of types', ['task.*']],
    [
      'every published type',
      [
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
      ],
    ],
  ])('subscribes to %s', async (_what, events) => {
    expect((await makeWebhook(hub, { events })).events).toEqual(events);
  });

  test('takes the 4xx policy and the retry settings together or apart', async () => {
    const { retry_config } = await makeWebhook(hub, { retry_config: { on_client_error: 'fail' } });
    expect(retry_config).toEqual({ max_retries: 3, retry_delay: 5, on_client_error: 'fail' });
  });

  test.each([
    ['no events', { events: [] }, 'events'],
    ['an unknown event type', { events: ['task.created', 'nobody.knows'] }, 'events[1]'],
    ['a pattern that matches no type', { events: ['nobody.*'] }, 'events[0]'],
    ['an ill-formed event type', { events: ['Task Created'] }, 'events[0]'],
    ['a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
    ['a blank name', { name: '   ' }, 'name'],
    ['a URL of another protocol', { url: 'ftp://example.com/' }, 'url'],
    ['a script for a URL', { url: 'javascript:alert(1)' }, 'url'],
    ['a URL with credentials', { url: 'https://user:secret@example.com/' }, 'url'],
    ['a URL that is none', { url: 'not a url' }, 'url'],
    ['a private address', { url: 'http://169.254.169.254/latest/meta-data' }, 'url'],
    ['a time-out of 0', { timeout_seconds: 0 }, 'timeout_seconds'],
    ['a time-out of 301', { timeout_seconds: 301 }, 'timeout_seconds'],
    ['21 retries', { retry_config: { max_retries: 21 } }, 'retry_config.max_retries'],
    ['-1 retries', { retry_config: { max_retries: -1 } }, 'retry_config.max_retries'],
    ['an unknown retry setting', { retry_config: { tries: 3 } }, 'retry_config.tries'],
    [
      'a 4xx policy that is none',
      { retry_config: { on_client_error: 'ignore' } },
      'retry_config.on_client_error',
    ],
    ['a header that breaks out', { headers: { 'X-Good': 'a\r\nX-Evil: b' } }, 'headers'],
    [
      'a header of the hub’s own',
      { headers: { 'X-EmbedAI-Signature': 'mine' } },
      'headers.X-EmbedAI-Signature',
    ],
    ['the mask for a secret', { secret: MASK }, 'secret'],
  ])('refuses %s, naming the field, and stores nothing', async (_what, fields, field) => {
    const project_id = hub.project();
    const { status, body } = await hub.call('POST', '/api/v1/webhooks', {
      body: { project_id, ...WEBHOOK, ...fields },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'F40022', content: { details: [{ field, message: TEXT }] } });
    const list = await hub.call<Enveloped<{ total: number }>>(
      'GET',
      `/api/v1/webhooks?project_id=${project_id}`,
    );
    expect(list.body.content.total).toBe(0);
  });

  test.each(['name', 'url', 'events', 'project_id'])('refuses a webhook without %s', async (field) => {
    const { status, body } = await hub.call<Enveloped<{ details: { field: string }[] }>>(
      'POST',
      '/api/v1/webhooks',
      {
        body: { project_id: hub.project(), ...WEBHOOK, [field]: undefined },
      },
    );
    expect(status).toBe(422);
    expect(body.content.details.map((problem) => problem.field)).toEqual([field]);
  });

  test('the same idempotency key makes one webhook, and its replay masks the secret', async () => {
    const body = { project_id: hub.project(), ...WEBHOOK };
    const headers = { 'Idempotency-Key': hub.project() };
    const first = await hub.call<Enveloped<Webhook>>('POST', '/api/v1/webhooks', { body, headers });
    const second = await hub.call<Enveloped<Webhook>>('POST', '/api/v1/webhooks', { body, headers });
    expect(second).toMatchObject({
      status: 201,
      body: { content: { id: first.body.content.id, secret: MASK } },
    });
    expect(second.headers.get('Idempotent-Replayed')).toBe('true');
    const other = await hub.call('POST', '/api/v1/webhooks', { body: { ...body, name: 'Another' }, headers });
    expect(other).toMatchObject({ status: 409, body: { code: 'F40009', content: null } });
  });

  test.each([
    ['viewer', 403, 'F40003'],
    [null, 401, 'F40001'],
  ] as const)('refuses %s', async (as, status, code) => {
    const answer = await hub.call('POST', '/api/v1/webhooks', {
      as,
      body: { project_id: hub.project(), ...WEBHOOK },
    });
    expect(answer).toMatchObject({ status, body: { code, content: null } });
  });

  test('a foreign project does not exist', async () => {
    const member = await hub.user({ role: 'member', projects: [hub.project()] });
    const answer = await hub.call('POST', '/api/v1/webhooks', {
      as: member,
      body: { project_id: hub.project(), ...WEBHOOK },
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 'F40004', msg: '資源不存在' } });
  });
});
