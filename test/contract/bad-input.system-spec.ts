import { makeAdminWebhook } from './administration/webhooks';
import { badBodies } from './bad-values';
import { useOwnHub } from './own-hub';

interface Case {
  readonly path: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** A body that would be accepted. */
  readonly good: Readonly<Record<string, unknown>>;
  /** Status of what is wrong with a field. */
  readonly status: 400 | 422;
  readonly as?: null;
}

const ADMIN = '/api/v1/admin/integration';
const JSON_TYPE = 'application/json';
const MEBIBYTE = 1024 * 1024;
const WEBHOOK = {
  project_id: 'bad-input',
  name: 'Bad input',
  url: 'https://api.example.com/webhook',
  events: ['task.created'],
};
const ID = '{webhook_id}';

/** Every operation that takes a body of its own; what is published as an event is the publisher's. */
const CASES: readonly Case[] = [
  { method: 'POST', path: '/api/v1/webhooks', good: WEBHOOK, status: 422 },
  { method: 'PUT', path: `/api/v1/webhooks/${ID}`, good: { is_active: false }, status: 422 },
  { method: 'POST', path: `/api/v1/webhooks/${ID}/test`, good: {}, status: 422 },
  { method: 'POST', path: `/api/v1/webhooks/${ID}/retry`, good: {}, status: 422 },
  { method: 'POST', path: `${ADMIN}/webhooks`, good: WEBHOOK, status: 400 },
  { method: 'PUT', path: `${ADMIN}/webhooks/${ID}`, good: { is_active: false }, status: 400 },
  { method: 'POST', path: `${ADMIN}/webhooks/${ID}/test`, good: {}, status: 400 },
  { method: 'POST', path: `${ADMIN}/api-keys`, good: { name: 'Bad input', scopes: ['read'] }, status: 400 },
  { method: 'PUT', path: `${ADMIN}/api-keys/{key_id}`, good: { rate_limit: 5 }, status: 400 },
  { method: 'POST', path: `${ADMIN}/api-keys/{key_id}/rotate`, good: {}, status: 400 },
  { method: 'POST', path: '/api/v1/api-keys', good: { name: 'Bad input', scopes: ['read'] }, status: 400 },
  { method: 'PUT', path: '/api/v1/api-keys/{id}', good: { rateLimit: 5 }, status: 400 },
  { method: 'POST', path: '/api/v1/api-keys/{id}/rotate', good: {}, status: 400 },
  { method: 'POST', path: `${ADMIN}/event-types`, good: { name: 'bad.input' }, status: 400 },
  {
    method: 'POST',
    path: `${ADMIN}/alerts`,
    good: {
      name: 'Bad input',
      metric: 'response_time',
      operator: 'gt',
      threshold: 5,
      window_minutes: 5,
    },
    status: 400,
  },
  { method: 'PUT', path: `${ADMIN}/alerts/{alert_id}`, good: { threshold: 5 }, status: 400 },
  {
    method: 'POST',
    path: `${ADMIN}/usage-reports`,
    good: { name: 'Bad input', group_by: ['endpoint'] },
    status: 400,
  },
  { method: 'PUT', path: `${ADMIN}/usage-reports/{report_id}`, good: { days: 1 }, status: 400 },
  {
    method: 'POST',
    path: '/api/users/',
    good: { username: 'bad-input', password: 'bad input password', email: 'bad@example.com' },
    status: 400,
  },
  { method: 'PUT', path: '/api/users/{id}/', good: { first_name: 'Bad' }, status: 400 },
  { method: 'PATCH', path: '/api/users/{id}/', good: { first_name: 'Bad' }, status: 400 },
  {
    method: 'POST',
    path: '/api/users/me/password/',
    good: { current_password: 'a', new_password: 'bad input password' },
    status: 400,
  },
  { method: 'POST', path: '/api/auth/login/', good: { username: 'a', password: 'b' }, status: 400, as: null },
  { method: 'POST', path: '/api/auth/refresh/', good: { refresh: 'a' }, status: 400, as: null },
  {
    method: 'POST',
    path: '/integration-management/integrations',
    good: { name: 'Bad input', type: 'CUSTOM' },
    status: 400,
  },
  {
    method: 'PUT',
    path: '/integration-management/integrations/{integration_id}',
    good: { name: 'Bad' },
    status: 400,
  },
  {
    method: 'POST',
    path: '/integration-management/webhooks',
    good: { integration_id: 'bad-input', name: 'Bad input' },
    status: 400,
  },
  {
    method: 'PUT',
    path: '/integration-management/webhooks/{webhook_id}',
    good: { name: 'Bad input' },
    status: 400,
  },
  {
    method: 'POST',
    path: '/integration-management/webhooks/{webhook_id}/rotate-secret',
    good: {},
    status: 400,
  },
  { method: 'POST', path: '/api/v1/auth/login', good: { secret: 'a' }, status: 400, as: null },
  { method: 'POST', path: '/api/v1/auth/refresh', good: { refreshToken: 'a' }, status: 400, as: null },
  { method: 'POST', path: '/api/v1/auth/logout', good: {}, status: 400 },
];

/** Events are the publisher's, and deliveries their provider's. */
const TAKES_ANYTHING = /\/(\{event_type\}|\{webhook_path\}|webhooks\/\{provider\}(\/\{repositoryId\})?)$/;

const hub = useOwnHub();

/** The fields that an error names, in whatever shape its surface has. */
function namedFields(body: unknown): string[] {
  const { content, error, detail } = body as {
    detail?: string;
    content?: { details?: { field: string }[] };
    error?: { details?: { field: string }[] | Record<string, string[]> };
  };
  // S3 tells all in one sentence.
  if (detail !== undefined) return [...detail.matchAll(/[:;] (\S+) /g)].map(([, name = '']) => name);
  const details = content?.details ?? error?.details ?? [];
  return Array.isArray(details) ? details.map(({ field }) => field) : Object.keys(details);
}

/** Everything that these operations could have stored. */
async function stored(webhookId: string): Promise<unknown[]> {
  const totals = await Promise.all(
    [
      `${ADMIN}/webhooks?limit=1`,
      `${ADMIN}/event-types?limit=1`,
      `${ADMIN}/api-keys?limit=1`,
      `${ADMIN}/usage-reports?limit=1`,
      `${ADMIN}/alerts?limit=1`,
      '/integration-management/integrations?limit=1',
      '/api/users/?page_size=1',
    ].map((path) =>
      hub.call<{ pagination?: { total: number }; count?: number; total?: number }>('GET', path),
    ),
  );
  const webhook = await hub.call('GET', `${ADMIN}/webhooks/${webhookId}`);
  const deliveries = await hub.call('GET', `${ADMIN}/webhooks/${webhookId}/deliveries`);
  return [
    ...totals.map(({ body }) => body.pagination?.total ?? body.count ?? body.total),
    webhook.text,
    deliveries.text,
  ];
}

test('every operation that takes a body is here', async () => {
  const { operations } = await hub.published();
  const taking = operations
    .filter(({ requestBody, path }) => requestBody !== undefined && !TAKES_ANYTHING.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect(CASES.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(taking.sort());
});

describe.each(CASES)('$method $path', ({ method, path, good, status, as }) => {
  test('every field, wrong in every way, is refused by its name, and nothing is stored', async () => {
    const document = await hub.published();
    const operation = document.operations.find((each) => each.method === method && each.path === path);
    const schema = document.resolve(operation?.requestBody?.content['application/json']?.schema ?? {});
    const { id } = await makeAdminWebhook(hub);
    const before = await stored(id);
    const bodies = badBodies(document, schema, good);
    const problems: string[] = [];
    for (const { what, body, field } of bodies) {
      const answer = await hub.call(method, path.replace(ID, id), { body, ...(as === null && { as }) });
      const named = namedFields(answer.body);
      // The place of an entry inside the field may be told as well.
      const told = named.some(
        (name) => name === field || name.startsWith(`${field}.`) || name.startsWith(`${field}[`),
      );
      if (answer.status !== status || !told) {
        problems.push(
          `${what}: ${answer.status}, naming ${named.join(', ') || 'nothing'}: ${answer.text.slice(0, 200)}`,
        );
      }
    }
    expect(problems).toEqual([]);
    expect(bodies.length).toBeGreaterThan(5);
    expect(await stored(id)).toEqual(before);
  });

  test.each<[string, string | Uint8Array, string, number]>([
    ['broken JSON', '{"name": ', JSON_TYPE, 400],
    ['a list', '[]', JSON_TYPE, status],
    ['text', '"name"', JSON_TYPE, status],
    ['null', 'null', JSON_TYPE, status],
    ['a name given twice', '{"name":"a","name":"b"}', JSON_TYPE, 400],
    ['__proto__', '{"__proto__":{"is_active":true}}', JSON_TYPE, status],
    ['10 000 nested lists', '['.repeat(10_000) + ']'.repeat(10_000), JSON_TYPE, 400],
    ['10 000 nested objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), JSON_TYPE, 400],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), JSON_TYPE, 400],
    ['half a character', '{"name":"\\ud800"}', JSON_TYPE, 400],
    ['1 MiB and one byte', `"${'x'.repeat(MEBIBYTE - 1)}"`, JSON_TYPE, 413],
    ['plain text', 'name=a', 'text/plain', 415],
    ['a form', 'name=a', 'application/x-www-form-urlencoded', 415],
    ['of no type', '{}', '', 415],
  ])('a body that is %s is refused, and nothing is stored', async (_what, body, type, expected) => {
    const { id } = await makeAdminWebhook(hub);
    const before = await stored(id);
    const answer = await hub.call(method, path.replace(ID, id), {
      body,
      headers: { 'content-type': type },
      ...(as === null && { as }),
    });
    expect(answer.status).toBe(expected);
    if (expected === status) expect(namedFields(answer.body)).not.toEqual([]);
    expect(await stored(id)).toEqual(before);
  });
});

test('whatever was refused has done nobody harm: the token still works', async () => {
  expect(await hub.call('GET', '/api/users/me/')).toMatchObject({ status: 200 });
});
