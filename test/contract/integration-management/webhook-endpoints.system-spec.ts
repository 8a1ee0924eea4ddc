import { randomUUID } from 'node:crypto';
import { until } from '@signalbox/testing';
import { makeAdminKey } from '../administration/api-keys';
import { answered } from '../answer';
import { useHub } from '../hub';
import { ID, MASK, TIME } from '../samples';
import { makeIntegration } from './integrations';
import {
  at,
  deliver,
  eventsOf,
  makeEndpoint,
  RECEIVE,
  settled,
  WEBHOOKS,
  type WebhookEndpoint,
} from './webhook-endpoints';

const hub = useHub();

const PUBLISHED = {
  name: 'Stripe Payment Events',
  description: 'Webhook for Stripe payment events',
  path: 'stripe-payments',
  active: true,
  verify_signature: true,
  signature_header: 'Stripe-Signature',
};
const PUBLISHED_SECRET = 'whsec_custom_secret_abcdefghijklmnopqrstuvwxyz';
const ALWAYS = {
  id: ID,
  allowed_ips: [],
  rate_limit: null,
  rules: [{ events: ['*'], to: 'webhooks', event_type: null, format: 'normalized', include_payload: false }],
  previous_secret_until: null,
  registration: { status: 'none', events: [], hook_id: null, error: null, updated_at: null },
  created_at: TIME,
  updated_at: TIME,
};

describe('POST /integration-management/webhooks/', () => {
  test('the published example answers the published fields, and no secret', async () => {
    const { id } = await makeIntegration(hub);
    const { status, body, text } = await hub.call('POST', `${WEBHOOKS}/`, {
      body: { integration_id: id, ...PUBLISHED, secret: PUBLISHED_SECRET },
    });
    expect(status).toBe(201);
    expect(body).toEqual({ ...ALWAYS, ...PUBLISHED, integration_id: id });
    expect(text).not.toContain('whsec_');
  });

  test('needs no more than an integration and a name; path and secret are made, each another', async () => {
    const { id } = await makeIntegration(hub);
    const make = () =>
      hub.call<WebhookEndpoint>('POST', WEBHOOKS, { body: { integration_id: id, name: 'Sample' } });
    const [one, other] = [await make(), await make()];
    expect(one.body).toEqual({
      ...ALWAYS,
      integration_id: id,
      name: 'Sample',
      description: null,
      path: expect.stringMatching(/^[A-Za-z0-9_-]{24}$/) as unknown,
      active: true,
      verify_signature: true,
      signature_header: 'webhook-signature',
    });
    expect(other.body.path).not.toBe(one.body.path);
  });

  test('a path that is taken is a conflict, whoever has it', async () => {
    const { path } = await makeEndpoint(hub, 'github');
    const { id } = await makeIntegration(hub);
    const make = () => hub.call('POST', WEBHOOKS, { body: { integration_id: id, name: 'x', path } });
    expect(await make()).toMatchObject({ status: 409, body: { detail: 'The path is taken' } });
    // More at once than there are connections to the database.
    const answers = await Promise.all(Array.from({ length: 40 }, make));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 409));
  });

  test.each([['019a9e2c-6f00-7000-8000-000000000000'], ['1'], ['nobody']])(
    'an integration %s that is not there is 404',
    async (integration_id) => {
      const answer = await hub.call('POST', WEBHOOKS, { body: { integration_id, name: 'x' } });
      expect(answer).toMatchObject({ status: 404, body: { detail: 'Integration not found' } });
    },
  );

  test.each([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(256) }],
    ['path', { path: 'a/b' }],
    ['path', { path: '..' }],
    ['path', { path: 'x'.repeat(129) }],
    ['secret', { secret: 'short' }],
    ['secret', { secret: MASK }],
    ['secret', { secret: 'whsec_AAAA' }],
    ['signature_header', { signature_header: 'X Y' }],
    ['allowed_ips', { allowed_ips: ['anywhere'] }],
    ['rate_limit', { rate_limit: 0 }],
    ['rules[0].events', { rules: [{ events: [] }] }],
    ['rules[0].events', { rules: [{ events: ['Push Hook'] }] }],
    ['rules[0].format', { rules: [{ events: ['*'], format: 'xml' }] }],
    ['rules[0].event_type', { rules: [{ events: ['*'], event_type: 'task.*' }] }],
    ['rules[0].event_type', { rules: [{ events: ['*'], event_type: 'webhook.test' }] }],
    ['rules[0].event_type', { rules: [{ events: ['*'], event_type: 'stripe.invoice.paid' }] }],
    [
      'rules[1].event_type',
      {
        rules: [
          { events: ['*'], event_type: 'task.updated' },
          { events: ['*'], event_type: 'nobody.knows' },
          { events: ['*'], event_type: 'task.created' },
        ],
      },
    ],
    ['nobody', { nobody: 1 }],
    ['active', { active: 'yes' }],
    ['register', { register: true }],
    ['register.events', { register: { events: 'push' } }],
    ['register.events[0]', { register: { events: [''] } }],
    ['register.secret', { register: { secret: 'x' } }],
    // Of a hub that does not know how the outside reaches it.
    ['PUBLIC_URL', { register: {} }],
  ])('refuses %s as %j', async (field, wrong) => {
    const { id } = await makeIntegration(hub);
    const { status, body } = await hub.call<{ detail: string }>('POST', WEBHOOKS, {
      body: { integration_id: id, name: 'x', ...wrong },
    });
    expect(status).toBe(400);
    expect(body.detail).toContain(field);
  });

  test('the same idempotency key makes one endpoint', async () => {
    const { id } = await makeIntegration(hub);
    const make = () =>
      hub.call<WebhookEndpoint>('POST', WEBHOOKS, {
        body: { integration_id: id, name: 'Once' },
        headers: { 'Idempotency-Key': `once ${id}`.replace(' ', '-') },
      });
    expect((await make()).body.id).toBe((await make()).body.id);
  });
});

describe('GET /integration-management/webhooks/', () => {
  test('is a bare array, filtered as asked', async () => {
    const on = await makeEndpoint(hub, 'stripe');
    const off = await makeEndpoint(hub, 'twilio', { integration_id: on.integration_id, active: false });
    const of = async (query: string) => {
      const { status, body } = await hub.call<WebhookEndpoint[]>('GET', `${WEBHOOKS}/${query}`);
      expect(status).toBe(200);
      return body.map(({ id }) => id);
    };
    const mine = `integration_id=${on.integration_id}`;
    expect(await of(`?${mine}`)).toEqual([on.id, off.id]);
    expect(await of(`?${mine}&active=true`)).toEqual([on.id]);
    expect(await of(`?${mine}&active=false`)).toEqual([off.id]);
    expect(await of('?integration_id=nobody')).toEqual([]);
    expect(await hub.call('GET', `${WEBHOOKS}?active=maybe`)).toMatchObject({ status: 400 });
  });

  test('one is what was made', async () => {
    const endpoint = await makeEndpoint(hub, 'github');
    expect((await hub.call('GET', `${WEBHOOKS}/${endpoint.id}`)).body).toEqual(endpoint);
    expect(await hub.call('GET', `${WEBHOOKS}/nobody`)).toMatchObject({
      status: 404,
      body: { detail: 'Webhook endpoint not found' },
    });
  });
});

describe('PUT /integration-management/webhooks/{webhook_id}', () => {
  test('the published example answers the published fields', async () => {
    const endpoint = await makeEndpoint(hub, 'stripe', { path: undefined, rate_limit: null });
    const changes = {
      name: 'Stripe Payment Events (Updated)',
      description: 'Updated webhook for Stripe payment events',
      path: 'stripe-payments-updated',
      active: true,
      verify_signature: true,
      signature_header: 'Stripe-Signature',
    };
    const { status, body } = await hub.call('PUT', `${WEBHOOKS}/${endpoint.id}`, { body: changes });
    expect(status).toBe(200);
    expect(body).toEqual({ ...ALWAYS, ...changes, integration_id: endpoint.integration_id });
  });

  test('an `event_type` must be known, registered or not', async () => {
    const { id } = await makeEndpoint(hub, 'github');
    const event_type = `endpoint.type_${randomUUID().replaceAll('-', '')}`;
    const put = () =>
      hub.call<{ detail: string }>('PUT', `${WEBHOOKS}/${id}`, {
        body: { name: 'Renamed', rules: [{ events: ['*'], event_type }] },
      });
    expect(await put()).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('rules[0].event_type') as unknown },
    });
    expect((await hub.call('GET', `${WEBHOOKS}/${id}`)).body).toMatchObject({ name: 'Sample' });
    await hub.call('POST', '/api/v1/admin/integration/event-types', { body: { name: event_type } });
    expect(await put()).toMatchObject({ status: 200, body: { rules: [{ event_type }] } });
  });

  test('of nothing changes nothing; a path that is taken is a conflict', async () => {
    const [one, other] = [await makeEndpoint(hub, 'github'), await makeEndpoint(hub, 'github')];
    const { body } = await hub.call('PUT', `${WEBHOOKS}/${one.id}`, { body: {} });
    expect(body).toEqual({ ...one, updated_at: TIME });
    const taken = await hub.call('PUT', `${WEBHOOKS}/${one.id}`, { body: { path: other.path } });
    expect(taken.status).toBe(409);
  });

  test('holds at once: the old path is gone, an inactive one too', async () => {
    const endpoint = await makeEndpoint(hub, 'github', { verify_signature: false });
    const at = (path: unknown) => deliver(hub, `${RECEIVE}/${String(path)}`, '{}', {});
    expect((await at(endpoint.path)).status).toBe(200);
    const path = `moved-${endpoint.id}`;
    await hub.call('PUT', `${WEBHOOKS}/${endpoint.id}`, { body: { path } });
    expect((await at(endpoint.path)).status).toBe(404);
    expect((await at(path)).status).toBe(200);
    await hub.call('PUT', `${WEBHOOKS}/${endpoint.id}`, { body: { active: false } });
    expect((await at(path)).status).toBe(404);
    await hub.call('PUT', `${WEBHOOKS}/${endpoint.id}`, { body: { active: true } });
    expect((await at(path)).status).toBe(200);
    await hub.call('DELETE', `${WEBHOOKS}/${endpoint.id}`);
    expect((await at(path)).status).toBe(404);
  });
});

describe('DELETE /integration-management/webhooks/{webhook_id}', () => {
  test('is 204 without a body, and 404 the next time', async () => {
    const { id } = await makeEndpoint(hub, 'github');
    expect(await hub.call('DELETE', `${WEBHOOKS}/${id}`)).toMatchObject({ status: 204, text: '' });
    expect(await hub.call('DELETE', `${WEBHOOKS}/${id}`)).toMatchObject({ status: 404 });
  });

  test('goes with its integration', async () => {
    const { id, integration_id } = await makeEndpoint(hub, 'github');
    await hub.call('DELETE', `/integration-management/integrations/${integration_id}`);
    expect(await hub.call('GET', `${WEBHOOKS}/${id}`)).toMatchObject({ status: 404 });
  });
});

describe('POST /integration-management/webhooks/{webhook_id}/rotate-secret', () => {
  test('answers the new secret, as published: without a body', async () => {
    const { id } = await makeEndpoint(hub, 'github');
    const { status, body } = await hub.call('POST', `${WEBHOOKS}/${id}/rotate-secret`);
    expect(status).toBe(200);
    expect(body).toEqual({ secret: expect.stringMatching(/^whsec_.{32,}$/) as unknown });
  });
});

describe('what is taken', () => {
  test('nothing, once the endpoint or its integration is switched off or deleted', async () => {
    const endpoint = await makeEndpoint(hub, 'generic', { verify_signature: false });
    const integration = `/integration-management/integrations/${endpoint.integration_id}`;
    const sent = async () => (await deliver(hub, at(endpoint), '{}', {})).status;
    // What a notice brings takes a moment; what is believed without one lasts for seconds.
    const takes = async (expected: number) =>
      await until(`it is answered ${expected}`, 3_000, async () => (await sent()) === expected);
    await takes(200);
    for (const [path, off, on] of [
      [`${WEBHOOKS}/${endpoint.id}`, { active: false }, { active: true }],
      [integration, { status: 'INACTIVE' }, { status: 'ACTIVE' }],
    ] as const) {
      await hub.call('PUT', path, { body: off });
      await takes(404);
      await hub.call('PUT', path, { body: on });
      await takes(200);
    }
    expect(await hub.call('DELETE', integration)).toMatchObject({ status: 204 });
    await takes(404);
  });

  test('read as by the provider that the integration is of now', async () => {
    const endpoint = await makeEndpoint(hub, 'generic', {
      verify_signature: false,
      signature_header: 'X-Nobody-Signature',
    });
    const headers = { 'Content-Type': 'application/json', 'X-GitHub-Event': 'push' };
    const typeOf = async () =>
      (await settled(hub, endpoint, (await deliver(hub, at(endpoint), '{}', headers)).body.event_id))
        .event_type;
    expect(await typeOf()).toMatch(/^generic\./);
    const changed = await hub.call('PUT', `/integration-management/integrations/${endpoint.integration_id}`, {
      body: { configuration: { provider: 'github' } },
    });
    expect(changed.status).toBe(200);
    await until('it is read as GitHub’s', 3_000, async () => (await typeOf()) === 'github.push');
  });
});

describe('OPTIONS', () => {
  test('tells a sender of CloudEvents that it is welcome, and nobody else', async () => {
    const endpoint = await makeEndpoint(hub, 'generic', { signature_header: 'X-Signature-256' });
    const ask = (headers: Readonly<Record<string, string>>) =>
      answered(hub.url, 'OPTIONS', at(endpoint), undefined, { headers });
    const answer = await ask({ 'WebHook-Request-Origin': 'events.example.com' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('WebHook-Allowed-Origin')).toBe('events.example.com');
    expect((await ask({})).status).toBe(405);
  });
});

describe('HEAD', () => {
  test('tells Trello, which asks before it makes a webhook, that there is such an address, and nobody else', async () => {
    const [trello, other] = [
      await makeEndpoint(hub, 'trello', { signature_header: 'X-Trello-Webhook' }),
      await makeEndpoint(hub, 'generic'),
    ];
    const ask = (path: string) => answered(hub.url, 'HEAD', path);
    expect(await ask(at(trello))).toMatchObject({ status: 200, text: '' });
    expect(await ask(at(other))).toMatchObject({ status: 405 });
    expect(await ask(`${RECEIVE}/nobody`)).toMatchObject({ status: 404 });
    await hub.call('PUT', `${WEBHOOKS}/${trello.id}`, { body: { active: false } });
    expect(await ask(at(trello))).toMatchObject({ status: 404 });
    expect((await eventsOf(hub, trello)).total).toBe(0);
  });
});

describe('who may', () => {
  test.each([
    ['admin', 201],
    ['integration_manager', 201],
    ['member', 403],
    ['viewer', 403],
    [null, 401],
  ] as const)('%s create one: %d', async (as, status) => {
    const { id } = await makeIntegration(hub);
    const answer = await hub.call('POST', WEBHOOKS, { as, body: { integration_id: id, name: 'x' } });
    expect(answer.status).toBe(status);
    expect((await hub.call('GET', WEBHOOKS, { as })).status).toBe(status === 201 ? 200 : status);
  });

  test.each([
    ['read', 200, 403],
    ['write', 200, 200],
    ['webhook', 200, 200],
    ['admin', 200, 200],
  ] as const)('a key with %s: reading is %d, changing %d', async (scope, reading, changing) => {
    const { id } = await makeEndpoint(hub, 'github');
    const { api_key } = await makeAdminKey(hub, { scopes: [scope] });
    const as = { token: api_key };
    expect((await hub.call('GET', `${WEBHOOKS}/${id}`, { as })).status).toBe(reading);
    expect((await hub.call('PUT', `${WEBHOOKS}/${id}`, { as, body: { name: 'y' } })).status).toBe(changing);
  });

  test('see one: whoever sees its integration', async () => {
    const project_id = hub.project();
    const endpoint = await makeEndpoint(hub, 'github', {}, { project_id });
    for (const [projects, status] of [
      [[project_id], 200],
      [[hub.project()], 404],
    ] as const) {
      const as = await hub.user({ role: 'integration_manager', projects });
      const path = `${WEBHOOKS}/${endpoint.id}`;
      expect(await hub.call('GET', path, { as })).toMatchObject({ status });
      expect(await hub.call('GET', `${path}/events`, { as })).toMatchObject({ status });
      const list = await hub.call<unknown[]>('GET', WEBHOOKS, { as });
      expect(list.body).toHaveLength(status === 200 ? 1 : 0);
    }
  });
});

test('every change is on record, without a secret', async () => {
  const { id } = await makeEndpoint(hub, 'github', { name: 'Before' });
  await hub.call('PUT', `${WEBHOOKS}/${id}`, { body: { name: 'After' } });
  const rotated = await hub.call<{ secret: string }>('POST', `${WEBHOOKS}/${id}/rotate-secret`, {
    body: { overlap_seconds: 60 },
  });
  await hub.call('DELETE', `${WEBHOOKS}/${id}`);
  const path = `/api/v1/admin/integration/audit-logs?resource_id=${id}`;
  let entries: { action: string }[] = [];
  for (let i = 0; i < 100 && entries.length < 4; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { body, text } = await hub.call<{ data: { action: string }[] }>('GET', path);
    entries = body.data;
    expect(text).not.toContain(rotated.body.secret);
  }
  expect(entries.map(({ action }) => action).sort()).toEqual([
    'inbound-endpoints.create',
    'inbound-endpoints.delete',
    'inbound-endpoints.rotate-secret',
    'inbound-endpoints.update',
  ]);
  expect(JSON.stringify(entries)).toContain(MASK);
});
