import { startReceiver, until, type Receiver, type Reply } from '@signalbox/testing';
import { makeAdminKey } from '../administration/api-keys';
import { curl } from '../curl';
import { useHub } from '../hub';
import { ID, MASK, TEXT, TIME } from '../samples';
import { BASE, makeIntegration, stripe, tested, type Integration, type Listed } from './integrations';

const hub = useHub();
/** Stands for the API of Stripe: it knows one key. */
const GOOD_KEY = 'sk_live_51AbCdEfGhIjKlMnOpQrStUvWxYz';
let provider: Receiver;

beforeAll(async () => {
  provider = await startReceiver({
    respond: ({ headers }): Reply =>
      headers.authorization === `Bearer ${GOOD_KEY}`
        ? {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              id: 'acct_1',
              business_profile: { name: 'Example Company' },
              email: 'billing@example.com',
              country: 'US',
            }),
          }
        : { status: 401, body: '{"error":{"message":"Invalid API key"}}' },
  });
});
afterAll(() => provider.close());

const PUBLISHED = {
  name: 'Stripe Payment Gateway',
  description: 'Integration with Stripe for payment processing',
  type: 'PAYMENT_GATEWAY',
  environment: 'production',
  configuration: {
    base_url: 'https://api.stripe.com',
    webhook_url: 'https://api.example.com/webhooks/stripe',
  },
};

describe('POST /integration-management/integrations/', () => {
  test('the published example answers the published fields', async () => {
    const { status, body, text } = await hub.call('POST', `${BASE}/`, {
      body: { ...PUBLISHED, credentials: { api_key: GOOD_KEY } },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      ...PUBLISHED,
      id: ID,
      status: 'PENDING',
      created_at: TIME,
      updated_at: TIME,
      last_connection_test: null,
    });
    expect(text).not.toContain('sk_live');
  });

  test('as a curl line with a token', async () => {
    const answer = await curl<Integration>(
      `curl -X POST "http://localhost:8093/integration-management/integrations/" \\
        -H "Authorization: Bearer ${await hub.token('integration_manager')}" \\
        -H "Content-Type: application/json" \\
        -d '{"name": "Twilio SMS", "type": "SMS_PROVIDER", "configuration": {"base_url": "http://127.0.0.1:9", "default_from_number": "+15551234567"}}'`,
      hub.url,
    );
    expect(answer).toMatchObject({
      status: 201,
      body: { type: 'SMS_PROVIDER', status: 'PENDING', environment: 'production', description: null },
    });
  });

  test.each([
    ['no name', { name: undefined }, 'name'],
    ['no type', { type: undefined }, 'type'],
    ['an unknown type', { type: 'WEATHER' }, 'type'],
    ['an unknown environment', { environment: 'mars' }, 'environment'],
    ['a status', { status: 'ACTIVE' }, 'status'],
    ['an unknown field', { nobody: 1 }, 'nobody'],
    ['credentials of text', { credentials: 'sk_live' }, 'credentials'],
    ['a key that is no text', { credentials: { api_key: 7 } }, 'credentials.api_key'],
    ['a masked key', { credentials: { api_key: MASK } }, 'credentials.api_key'],
    ['an address that is none', { configuration: { base_url: 'ftp://x' } }, 'configuration.base_url'],
    [
      'a private address',
      { configuration: { provider: 'stripe', base_url: 'http://10.0.0.1' } },
      'configuration.base_url',
    ],
    [
      'a password in the address',
      { configuration: { provider: 'stripe', base_url: 'https://u:p@x.example.com' } },
      'configuration.base_url',
    ],
    [
      'too many settings',
      { configuration: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`n${n}`, n])) },
      'configuration',
    ],
    ['too much', { credentials: { api_key: 'k', note: 'x'.repeat(70_000) } }, 'credentials'],
  ])('refuses %s, naming it', async (_what, fields, field) => {
    const answer = await hub.call<{ detail: string }>('POST', BASE, { body: { ...stripe(), ...fields } });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body)).toEqual(['detail']);
    expect(answer.body.detail).toContain(`${field} `);
  });
});

describe('GET /integration-management/integrations/', () => {
  test('lists by type, status, environment and project, from anywhere, newest first', async () => {
    const project_id = hub.project();
    const made = [];
    for (const fields of [{}, { type: 'SMS_PROVIDER' }, { environment: 'staging' }])
      made.push(
        await makeIntegration(hub, {
          project_id,
          ...fields,
          ...{ configuration: stripe(provider.url).configuration },
        }),
      );
    for (const { id } of made) await tested(hub, id);
    const list = (query: string) =>
      hub.call<Listed<Integration> & object>('GET', `${BASE}/?project_id=${project_id}${query}`);
    const ids = async (query: string) => (await list(query)).body.items.map(({ id }) => id);
    const [first, second, third] = made.map(({ id }) => id);
    expect((await list('')).body).toMatchObject({ total: 3, skip: 0, limit: 100 });
    expect(await ids('')).toEqual([third, second, first]);
    expect(await ids('&type=SMS_PROVIDER')).toEqual([second]);
    expect(await ids('&environment=staging')).toEqual([third]);
    expect(await ids('&status=ACTIVE')).toEqual([third, second, first]);
    expect(await ids('&status=ERROR')).toEqual([]);
    expect((await list('&skip=1&limit=2')).body).toMatchObject({ total: 3, skip: 1, limit: 2 });
    expect(await ids('&skip=1&limit=1')).toEqual([second]);
    expect(await ids('&skip=3')).toEqual([]);
    for (const query of [
      '&skip=-1',
      '&limit=0',
      '&limit=101',
      '&type=x',
      '&status=active',
      '&environment=mars',
    ])
      expect(await list(query)).toMatchObject({ status: 400, body: { detail: TEXT } });
  });
});

describe('PUT /integration-management/integrations/{integration_id}', () => {
  test('the published example answers the published fields, and the connection is tested', async () => {
    const made = await makeIntegration(hub, stripe(provider.url));
    const before = await tested(hub, made.id);
    const configuration = {
      ...stripe(provider.url).configuration,
      webhook_secret: 'whsec_abcdefghijklmnopqrstuvwxyz',
    };
    const body = {
      name: 'Stripe Payment Gateway (Updated)',
      description: 'Updated integration with Stripe for payment processing',
      status: 'ACTIVE',
      environment: 'production',
      configuration,
      credentials: { api_key: 'sk_live_updated_key_51AbCdEfGhIjKlMnOpQrStUvWxYz' },
    };
    const answer = await hub.call<Integration>('PUT', `${BASE}/${made.id}`, { body });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: made.id,
      name: body.name,
      description: body.description,
      type: 'PAYMENT_GATEWAY',
      status: 'ACTIVE',
      environment: 'production',
      configuration,
      created_at: TIME,
      updated_at: TIME,
      last_connection_test: before.last_connection_test,
    });
    expect(answer.text).not.toContain('sk_live_updated');
    const after = await tested(hub, made.id, before.last_connection_test);
    expect(after).toMatchObject({ status: 'ERROR', configuration: { webhook_secret: MASK } });
  });

  test('every field is optional, and what is left out stays', async () => {
    const made = await makeIntegration(hub, stripe(provider.url));
    const before = await tested(hub, made.id);
    const renamed = await hub.call<Integration>('PUT', `${BASE}/${made.id}`, { body: { name: 'Renamed' } });
    expect(renamed.body).toEqual({ ...before, name: 'Renamed', updated_at: TIME });
    const same = await hub.call('PUT', `${BASE}/${made.id}`, { body: {} });
    expect(same).toMatchObject({ status: 200, body: { name: 'Renamed' } });
    expect(await hub.call('PUT', `${BASE}/${made.id}`, { body: { type: 'CRM' } })).toMatchObject({
      status: 400,
    });
  });

  test('a masked secret sent back stays, and what it masks is still used', async () => {
    const configuration = { ...stripe(provider.url).configuration, nested: { webhook_secret: 'whsec_kept' } };
    const { id } = await makeIntegration(hub, { configuration });
    const read = async () => (await hub.call<Integration>('GET', `${BASE}/${id}`)).body;
    const shown = (await read()).configuration;
    expect(shown).toEqual({ ...configuration, nested: { webhook_secret: MASK } });
    await hub.call('PUT', `${BASE}/${id}`, { body: { configuration: { ...shown, extra: 1 } } });
    expect(await read()).toMatchObject({ configuration: { ...shown, extra: 1 } });
    const invented = await hub.call<{ detail: string }>('PUT', `${BASE}/${id}`, {
      body: { configuration: { other_secret: MASK } },
    });
    expect(invented.status).toBe(400);
    expect(invented.body.detail).toContain('configuration.other_secret');
  });

  test('one that is switched off stays off, whatever a test finds', async () => {
    const { id } = await makeIntegration(hub, stripe(provider.url));
    await tested(hub, id);
    await hub.call('PUT', `${BASE}/${id}`, { body: { status: 'INACTIVE' } });
    expect((await hub.call('POST', `${BASE}/${id}/test`)).body).toEqual({ success: true, message: null });
    expect((await hub.call('GET', `${BASE}/${id}`)).body).toMatchObject({ status: 'INACTIVE' });
  });
});

describe('testing', () => {
  test('in the background after it was made, and what was found', async () => {
    const { id } = await makeIntegration(hub, stripe(provider.url));
    expect(await tested(hub, id)).toMatchObject({ status: 'ACTIVE', last_connection_test: TIME });
    const { status, body } = await hub.call('GET', `${BASE}/${id}/status`);
    expect(status).toBe(200);
    expect(body).toEqual({
      service_type: 'payment_gateway',
      provider: 'stripe',
      is_connected: true,
      last_checked: TIME,
      details: {
        account: { id: 'acct_1', name: 'Example Company', email: 'billing@example.com', country: 'US' },
      },
      integration_id: id,
      integration_name: 'Stripe Payment Gateway',
      integration_type: 'PAYMENT_GATEWAY',
      integration_status: 'ACTIVE',
      integration_environment: 'production',
      last_connection_test: TIME,
    });
  });

  test('now: 200 with what was wrong', async () => {
    const { id } = await makeIntegration(hub, {
      ...stripe(provider.url),
      credentials: { api_key: 'sk_live_wrong_one' },
    });
    const { status, body, text } = await hub.call('POST', `${BASE}/${id}/test`);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: false,
      message: expect.stringMatching(/^Failed to connect: 401 - ./) as unknown,
    });
    expect(text).not.toContain('sk_live');
    expect((await hub.call('GET', `${BASE}/${id}/status`)).body).toMatchObject({
      is_connected: false,
      integration_status: 'ERROR',
      details: { error: TEXT },
    });
  });

  test('what changes the status is told to the webhooks of the project, and to no others', async () => {
    const [project_id, other] = [hub.project(), hub.project()];
    const told = await startReceiver();
    try {
      for (const [project, path] of [
        [project_id, 'own'],
        [other, 'other'],
      ])
        await hub.call('POST', '/api/v1/webhooks', {
          body: {
            project_id: project,
            name: 'Status',
            url: `${told.url}/${path}`,
            events: ['integration.status.changed'],
          },
        });
      const { id } = await makeIntegration(hub, {
        ...stripe(provider.url),
        credentials: { api_key: GOOD_KEY },
        project_id,
      });
      await tested(hub, id);
      await hub.call('PUT', `${BASE}/${id}`, { body: { status: 'INACTIVE' } });
      await until('both are told', 15_000, () => told.requests.length >= 2);
      const events = told.requests.map((request) => request.json() as { data: { previous_status: string } });
      const [first, second] = events.sort((a, b) =>
        a.data.previous_status < b.data.previous_status ? 1 : -1,
      );
      expect(told.requests.map(({ url }) => url)).toEqual(['/own', '/own']);
      const common = {
        integration_id: id,
        project_id,
        name: 'Stripe Payment Gateway',
        type: 'PAYMENT_GATEWAY',
        provider: 'stripe',
        environment: 'production',
        message: null,
        changed_at: TIME,
      };
      expect(first).toMatchObject({
        event_type: 'integration.status.changed',
        metadata: { source: 'system' },
      });
      expect(first?.data).toEqual({
        ...common,
        previous_status: 'PENDING',
        status: 'ACTIVE',
        changed_by: 'system',
      });
      expect(second?.data).toEqual({
        ...common,
        previous_status: 'ACTIVE',
        status: 'INACTIVE',
        changed_by: ID,
      });
    } finally {
      await told.close();
    }
  });

  test('nobody that the hub must not call is called, whatever a name resolves to', async () => {
    const { id } = await makeIntegration(hub, {
      configuration: { provider: 'stripe', base_url: 'http://nobody.invalid' },
    });
    expect((await hub.call('POST', `${BASE}/${id}/test`)).body).toEqual({
      success: false,
      message: 'Failed to connect: the provider gave no answer',
    });
  });
});

describe('what was before', () => {
  test('versions of configuration, newest first, never credentials; and who did what', async () => {
    const made = await makeIntegration(hub, stripe(provider.url), { as: 'integration_manager' });
    const before = await tested(hub, made.id);
    const configuration = { ...stripe(provider.url).configuration, webhook_secret: 'whsec_second' };
    await hub.call('PUT', `${BASE}/${made.id}`, { body: { configuration } });
    await hub.call('PUT', `${BASE}/${made.id}`, { body: { credentials: { api_key: 'sk_live_third' } } });
    await hub.call('PUT', `${BASE}/${made.id}`, { body: { name: 'Not a version' } });
    await tested(hub, made.id, before.last_connection_test);
    const versions = await hub.call<Listed<{ created_by: string }>>('GET', `${BASE}/${made.id}/versions`);
    const masked = { ...configuration, webhook_secret: MASK };
    const common = { created_at: TIME, created_by: ID };
    expect(versions.body).toEqual({
      items: [
        { ...common, version: 3, configuration: masked },
        { ...common, version: 2, configuration: masked },
        { ...common, version: 1, configuration: stripe(provider.url).configuration },
      ],
      total: 3,
      skip: 0,
      limit: 100,
    });
    const [third, , first] = versions.body.items;
    expect(third?.created_by).not.toBe(first?.created_by);
    expect((await hub.call('GET', `${BASE}/${made.id}/versions?skip=1&limit=1`)).body).toMatchObject({
      items: [{ version: 2 }],
      total: 3,
      skip: 1,
      limit: 1,
    });
    const activities = await hub.call<Listed<{ action: string; details: object }>>(
      'GET',
      `${BASE}/${made.id}/activities`,
    );
    const updates = activities.body.items.filter(({ action }) => action === 'updated');
    expect(updates.map(({ details }) => details)).toEqual([
      { fields: ['name'], version: 3 },
      { fields: ['credentials'], version: 3 },
      { fields: ['configuration'], version: 2 },
    ]);
    expect(activities.body.items.at(-1)).toEqual({
      id: ID,
      action: 'created',
      actor: first?.created_by,
      details: { version: 1 },
      created_at: TIME,
    });
    expect(activities.body.items).toContainEqual(
      expect.objectContaining({ action: 'tested', actor: 'system' }),
    );
  });
});

describe('who may', () => {
  test('managers do all but delete; members and viewers see nothing', async () => {
    const { id } = await makeIntegration(hub, {}, { as: 'integration_manager' });
    for (const as of ['member', 'viewer'] as const) {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', `/${id}`],
        ['POST', ''],
        ['PUT', `/${id}`],
        ['DELETE', `/${id}`],
      ] as const)
        expect(
          await hub.call(method, BASE + path, { as, ...(method !== 'GET' && { body: {} }) }),
        ).toMatchObject({
          status: 403,
          body: { detail: TEXT },
        });
    }
    expect(
      await hub.call('PUT', `${BASE}/${id}`, { as: 'integration_manager', body: { name: 'M' } }),
    ).toMatchObject({
      status: 200,
    });
    expect(await hub.call('DELETE', `${BASE}/${id}`, { as: 'integration_manager' })).toMatchObject({
      status: 403,
    });
    const deleted = await hub.call('DELETE', `${BASE}/${id}`);
    expect(deleted).toMatchObject({ status: 204, text: '' });
    for (const path of ['', '/status', '/versions', '/activities'])
      expect(await hub.call('GET', `${BASE}/${id}${path}`)).toMatchObject({
        status: 404,
        body: { detail: 'Integration not found' },
      });
    for (const [method, path] of [
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const)
      expect(
        await hub.call(method, `${BASE}/${id}${path}`, method === 'PUT' ? { body: {} } : {}),
      ).toMatchObject({ status: 404 });
  });

  test('a key reads with `read`, and deletes with `admin` alone', async () => {
    const { id } = await makeIntegration(hub);
    const [reader, writer, admin] = await Promise.all(
      (['read', 'write', 'admin'] as const).map(async (scope) => ({
        token: (await makeAdminKey(hub, { scopes: [scope] })).api_key,
      })),
    );
    expect(await hub.call('GET', `${BASE}/${id}`, { as: reader })).toMatchObject({ status: 200 });
    expect(await hub.call('PUT', `${BASE}/${id}`, { as: reader, body: {} })).toMatchObject({ status: 403 });
    expect(await hub.call('PUT', `${BASE}/${id}`, { as: writer, body: {} })).toMatchObject({ status: 200 });
    expect(await hub.call('DELETE', `${BASE}/${id}`, { as: writer })).toMatchObject({ status: 403 });
    expect(await hub.call('DELETE', `${BASE}/${id}`, { as: admin })).toMatchObject({ status: 204 });
  });

  test('outside their projects nothing exists for a manager', async () => {
    const project_id = hub.project();
    const [inside, outside] = [await makeIntegration(hub, { project_id }), await makeIntegration(hub)];
    expect(inside).toMatchObject({ project_id });
    const as = await hub.user({ role: 'integration_manager', projects: [project_id] });
    expect(await hub.call('GET', `${BASE}/${inside.id}`, { as })).toMatchObject({ status: 200 });
    expect(await hub.call('GET', `${BASE}/${outside.id}`, { as })).toMatchObject({ status: 404 });
    expect(await hub.call('PUT', `${BASE}/${outside.id}`, { as, body: {} })).toMatchObject({ status: 404 });
    expect((await hub.call('GET', BASE, { as })).body).toMatchObject({ total: 1 });
    expect(await hub.call('POST', BASE, { as, body: stripe() })).toMatchObject({ status: 404 });
    expect(await hub.call('PUT', `${BASE}/${inside.id}`, { as, body: { project_id: null } })).toMatchObject({
      status: 404,
    });
  });
});

test('the same Idempotency-Key makes one', async () => {
  const project_id = hub.project();
  const headers = { 'Idempotency-Key': project_id };
  const body = { ...stripe(), project_id, configuration: { webhook_secret: 'whsec_once' } };
  const [first, again] = [
    await hub.call<Integration>('POST', BASE, { body, headers }),
    await hub.call<Integration>('POST', BASE, { body, headers }),
  ];
  expect(again).toMatchObject({
    status: 201,
    body: { id: first.body.id, configuration: { webhook_secret: MASK } },
  });
  expect((await hub.call('GET', `${BASE}?project_id=${project_id}`)).body).toMatchObject({ total: 1 });
});
