import { randomUUID } from 'node:crypto';
import { AUDITED, type AuditAction, type AuditEntryView } from '@signalbox/contracts';
import type { Answer } from '../answer';
import { useHub, type CallerName } from '../hub';
import { BASE as INTEGRATIONS, makeIntegration, stripe } from '../integration-management/integrations';
import {
  deliver,
  makeEndpoint,
  settled,
  WEBHOOKS as ENDPOINTS,
} from '../integration-management/webhook-endpoints';
import { ID, MASK, TEXT, TIME, WEBHOOK } from '../samples';
import { makeAdminKey } from './api-keys';
import { eventually } from './usage';
import { BASE, makeAdminWebhook, type Data } from './webhooks';

const hub = useHub();
const LOGS = `${BASE}/audit-logs`;
type Entries = readonly AuditEntryView[];

/** The entries of one request, once there are any. */
const ofRequest = async (id: string): Promise<Entries> =>
  (
    await eventually<Entries>(
      () => hub.call('GET', `${LOGS}?request_id=${id}`),
      (found) => found.length > 0,
    )
  ).body.data;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly as?: CallerName;
  readonly headers?: Readonly<Record<string, string>>;
}

const post = (path: string, body: unknown = {}, as?: CallerName): Call => ({
  method: 'POST',
  path,
  body,
  as,
});
const put = (path: string, body: unknown): Call => ({ method: 'PUT', path, body });
const remove = (path: string): Call => ({ method: 'DELETE', path });
/** Whatever is a secret of what the tests made. */
const secrets: string[] = [];
const secret = (): string => {
  const made = randomUUID();
  secrets.push(made);
  return made;
};
const signIn = async () => {
  const user = await hub.user({ role: 'member' });
  const pair = await hub.signIn(user.username, user.password);
  secrets.push(user.password, pair.access, pair.refresh);
  return { ...user, ...pair };
};
const report = async () =>
  (
    await hub.call<Data<{ id: string }>>('POST', `${BASE}/usage-reports`, {
      body: { name: randomUUID(), group_by: ['key'] },
    })
  ).body.data.id;
const rule = () => ({
  name: randomUUID(),
  metric: 'error_rate',
  operator: 'gt',
  threshold: 99,
  window_minutes: 5,
});
const alert = async () =>
  (await hub.call<Data<{ id: string }>>('POST', `${BASE}/alerts`, { body: rule() })).body.data.id;
const anybody = async () =>
  (
    await hub.call<{ id: string }>('POST', '/api/users/', {
      body: { username: randomUUID(), password: secret(), email: 'a@example.com' },
    })
  ).body.id;
const webhook = () => makeAdminWebhook(hub, { secret: secret(), headers: { Authorization: secret() } });
const integration = async () => (await makeIntegration(hub, { credentials: { api_key: secret() } })).id;
const endpointInput = async () => ({
  integration_id: await integration(),
  name: 'Audited',
  secret: secret(),
});
const endpoint = async () =>
  (await hub.call<{ id: string }>('POST', ENDPOINTS, { body: await endpointInput() })).body.id;
const key = async () => {
  const made = await makeAdminKey(hub);
  secrets.push(made.api_key);
  return made;
};

/** For each operation that is audited, the last call of what does it. */
const DOINGS: Readonly<
  Record<
    Exclude<
      AuditAction,
      'webhooks.disable' | 'inbound-endpoints.register' | 'signing-keys.rotate' | 'encryption.rotate'
    >,
    () => Promise<Call>
  >
> = {
  'auth.login': async () => {
    const { username, password } = await signIn();
    return post('/api/auth/login/', { username, password }, null);
  },
  'auth.login-with-secret': () =>
    Promise.resolve(post('/api/v1/auth/login', { secret: hub.adminSecret }, null)),
  'auth.refresh': async () => {
    const { refresh } = await signIn();
    await hub.call('POST', '/api/auth/refresh/', { body: { refresh }, as: null });
    return { ...post('/api/auth/refresh/', { refresh }, null), headers: { 'user-agent': 'another' } };
  },
  'auth.logout': async () => post('/api/v1/auth/logout', {}, { token: (await signIn()).access }),
  'users.create': () =>
    Promise.resolve(
      post('/api/users/', { username: randomUUID(), password: secret(), email: 'a@example.com' }),
    ),
  'users.update': async () => put(`/api/users/${await anybody()}/`, { password: secret() }),
  'users.remove': async () => remove(`/api/users/${await anybody()}/`),
  'users.change-password': async () => {
    const { access, password } = await signIn();
    return post(
      '/api/users/me/password/',
      { current_password: password, new_password: secret() },
      { token: access },
    );
  },
  'api-keys.create': () => Promise.resolve(post(`${BASE}/api-keys`, { name: 'Audited', scopes: ['read'] })),
  'api-keys.update': async () => put(`${BASE}/api-keys/${(await key()).id}`, { name: 'Other' }),
  'api-keys.rotate': async () => post(`${BASE}/api-keys/${(await key()).id}/rotate`),
  'api-keys.revoke': async () => remove(`${BASE}/api-keys/${(await key()).id}`),
  'usage-reports.create': () =>
    Promise.resolve(post(`${BASE}/usage-reports`, { name: randomUUID(), group_by: ['key'] })),
  'usage-reports.update': async () => put(`${BASE}/usage-reports/${await report()}`, { name: randomUUID() }),
  'usage-reports.delete': async () => remove(`${BASE}/usage-reports/${await report()}`),
  'alerts.create': () => Promise.resolve(post(`${BASE}/alerts`, rule())),
  'alerts.update': async () => put(`${BASE}/alerts/${await alert()}`, { threshold: 7 }),
  'alerts.delete': async () => remove(`${BASE}/alerts/${await alert()}`),
  'webhooks.create': () =>
    Promise.resolve(post('/api/v1/webhooks', { ...WEBHOOK, project_id: hub.project(), secret: secret() })),
  'webhooks.update': async () => put(`/api/v1/webhooks/${(await webhook()).id}`, { secret: secret() }),
  'webhooks.delete': async () => remove(`${BASE}/webhooks/${(await webhook()).id}`),
  'webhooks.test': async () => post(`${BASE}/webhooks/${(await webhook()).id}/test`),
  'webhooks.retry': async () => {
    const { id } = await webhook();
    await hub.call('POST', `${BASE}/webhooks/${id}/test`, { body: {} });
    const { body } = await hub.call<Data<{ id: string }[]>>('GET', `${BASE}/webhooks/${id}/deliveries`);
    return post(`/api/v1/webhooks/${id}/retry`, { log_id: body.data[0]?.id });
  },
  'integrations.create': () =>
    Promise.resolve(post(INTEGRATIONS, { ...stripe(), credentials: { api_key: secret() } })),
  'integrations.update': async () =>
    put(`${INTEGRATIONS}/${await integration()}`, { credentials: { api_key: secret() } }),
  'integrations.delete': async () => remove(`${INTEGRATIONS}/${await integration()}`),
  'integrations.test': async () => post(`${INTEGRATIONS}/${await integration()}/test`),
  'inbound-endpoints.create': async () => post(ENDPOINTS, await endpointInput()),
  'inbound-endpoints.update': async () => put(`${ENDPOINTS}/${await endpoint()}`, { secret: secret() }),
  'inbound-endpoints.delete': async () => remove(`${ENDPOINTS}/${await endpoint()}`),
  'inbound-endpoints.rotate-secret': async () => post(`${ENDPOINTS}/${await endpoint()}/rotate-secret`),
  'inbound-events.replay': async () => {
    const open = await makeEndpoint(hub, 'generic', { verify_signature: false });
    const { body } = await deliver(hub, `${ENDPOINTS}/receive/${open.path}`, '{}', {});
    await settled(hub, open, body.event_id);
    return post(`${ENDPOINTS}/${open.id}/events/${body.event_id}/replay`);
  },
  'event-types.create': () =>
    Promise.resolve(post(`${BASE}/event-types`, { name: `audited.t${randomUUID().replaceAll('-', '')}` })),
};

describe('every change is on record', () => {
  test.each(Object.entries(DOINGS))('%s', async (action, doing) => {
    const { method, path, headers, ...options } = await doing();
    const id = randomUUID();
    const answer: Answer = await hub.call(method, path, {
      ...options,
      headers: { 'user-agent': 'contract test', ...headers, 'x-request-id': id },
    });
    for (const [, made = ''] of answer.text.matchAll(
      /"(?:api_key|secret|access|refresh|accessToken|refreshToken)":"([^"*]+)"/g,
    ))
      secrets.push(made);
    const entries = await ofRequest(id);
    expect(entries).toHaveLength(1);
    const [entry] = entries;
    expect(entry).toMatchObject({
      id: ID,
      time: TIME,
      action,
      outcome: action === 'auth.refresh' ? 'refused' : 'done',
      actor_kind: 'user',
      actor_id: ID,
      actor_name: TEXT,
      resource_type: AUDITED[action as AuditAction],
      resource_id: TEXT,
      address: TEXT,
      agent: headers?.['user-agent'] ?? 'contract test',
      request_id: id,
    });
    const one = await hub.call<Data<AuditEntryView>>('GET', `${LOGS}/${entry?.id}`);
    expect(one.body.data).toMatchObject({ id: entry?.id, action });
  });

  test('under the surface it was made through, with what was different', async () => {
    const { id } = await webhook();
    const [onS0, onS1] = [randomUUID(), randomUUID()];
    await hub.call('PUT', `/api/v1/webhooks/${id}`, {
      body: { name: 'Over S0', headers: { Authorization: secret() } },
      headers: { 'x-request-id': onS0 },
    });
    await hub.call('PUT', `${BASE}/webhooks/${id}`, {
      body: { name: 'Over S1' },
      headers: { 'x-request-id': onS1 },
    });
    expect(await ofRequest(onS0)).toMatchObject([
      {
        surface: 'integration-service',
        before: { name: WEBHOOK.name, headers: { Authorization: MASK } },
        after: { name: 'Over S0', headers: { Authorization: MASK } },
      },
    ]);
    expect(await ofRequest(onS1)).toMatchObject([
      { surface: 'administration', before: { name: 'Over S0' }, after: { name: 'Over S1' } },
    ]);
  });

  test('also as a call that was refused for want of a right, and not as one without a credential', async () => {
    const reader = await makeAdminKey(hub, { scopes: ['read'] });
    const [refused, nobody] = [randomUUID(), randomUUID()];
    const ask = (id: string, as: CallerName) =>
      hub.call('POST', `${BASE}/api-keys`, { body: {}, as, headers: { 'x-request-id': id } });
    expect((await ask(nobody, null)).status).toBe(401);
    expect((await ask(refused, { token: reader.api_key })).status).toBe(403);
    expect(await ofRequest(refused)).toMatchObject([
      {
        action: `POST ${BASE}/api-keys`,
        outcome: 'refused',
        reason: 'FORBIDDEN',
        actor_kind: 'api_key',
        actor_id: reader.id,
        surface: 'administration',
      },
    ]);
    expect((await hub.call('GET', `${LOGS}?request_id=${nobody}`)).body).toMatchObject({ data: [] });
  });

  test('and nowhere in it is a secret', async () => {
    const answer = await fetch(`${hub.url}${LOGS}/export?format=json`, {
      headers: { authorization: `Bearer ${await hub.token('admin')}` },
    });
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const text = await answer.text();
    expect(text.split('\n').length).toBeGreaterThan(Object.keys(DOINGS).length);
    expect(secrets.length).toBeGreaterThan(20);
    for (const leaked of [...secrets, hub.adminPassword, hub.adminSecret]) expect(text).not.toContain(leaked);
    expect(text).not.toMatch(/whsec_|\$argon2|"v1\./);
  });
});

describe(`GET ${LOGS}`, () => {
  test('lists newest first, a page at a time, each entry in its place', async () => {
    const { id } = await webhook();
    for (const name of ['b', 'c']) await hub.call('PUT', `${BASE}/webhooks/${id}`, { body: { name } });
    const all = await eventually<Entries>(
      () => hub.call('GET', `${LOGS}?resource_id=${id}&resource_type=webhook&outcome=done`),
      (entries) => entries.length === 3 && entries.every(({ seq }) => seq !== null),
    );
    expect(all.body).toMatchObject({ pagination: { page: 1, pageSize: 50, total: 3, totalPages: 1 } });
    expect(all.body.data.map(({ after }) => after?.name)).toEqual(['c', 'b', WEBHOOK.name]);
    expect(all.body.data[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hub.call('GET', `${LOGS}?resource_id=${id}&page=2&limit=2`)).toMatchObject({
      body: {
        data: [{ action: 'webhooks.create' }],
        pagination: { page: 2, pageSize: 2, total: 3, totalPages: 2 },
      },
    });
    expect(await hub.call('GET', `${LOGS}?resource_id=${id}&to=2026-01-01`)).toMatchObject({
      body: { data: [] },
    });
    expect(await hub.call('GET', `${LOGS}?resource_id=${id}&surface=automation`)).toMatchObject({
      body: { data: [] },
    });
  });

  test('as CSV, which no spreadsheet takes for formulas', async () => {
    const { id } = await makeAdminWebhook(hub, { name: '=1+1' });
    await eventually<Entries>(
      () => hub.call('GET', `${LOGS}?resource_id=${id}`),
      (found) => found.length === 1,
    );
    const answer = await fetch(`${hub.url}${LOGS}/export?resource_id=${id}`, {
      headers: { authorization: `Bearer ${await hub.token('admin')}` },
    });
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    const [head, row, ...others] = (await answer.text()).split('\r\n');
    expect(head?.split(',').slice(0, 4)).toEqual(['time', 'id', 'seq', 'hash']);
    expect(row).toContain(',webhooks.create,');
    expect(row).toContain('""name"":""=1+1""');
    expect(others).toEqual(['']);
  });

  test('is for administrators', async () => {
    for (const path of [LOGS, `${LOGS}/export`, `${LOGS}/019a9e2c-6f00-7000-8000-000000000000`]) {
      expect(await hub.call('GET', path, { as: 'integration_manager' })).toMatchObject({ status: 403 });
      expect(await hub.call('GET', path, { as: null })).toMatchObject({ status: 401 });
    }
  });

  test.each([
    'limit=101',
    'page=0',
    'from=x',
    'outcome=maybe',
    'surface=none',
    'to=2026-01-01&from=2026-01-02',
  ])('refuses ?%s', async (query) => {
    for (const path of query.startsWith('limit') || query.startsWith('page')
      ? [LOGS]
      : [LOGS, `${LOGS}/export`])
      expect(await hub.call('GET', `${path}?${query}`)).toMatchObject({
        status: 400,
        body: {
          error: { code: 'VALIDATION_ERROR', details: [{ field: query.split('=', 1)[0], message: TEXT }] },
        },
      });
  });

  test('knows no entry that is not there', async () => {
    for (const id of ['019a9e2c-6f00-7000-8000-000000000000', 'nonsense'])
      expect(await hub.call('GET', `${LOGS}/${id}`)).toMatchObject({ status: 404 });
  });
});
