import { randomUUID } from 'node:crypto';
import { useHub } from '../hub';
import { TEXT, TIME } from '../samples';
import { eventually, makeKey } from './usage';
import { BASE } from './webhooks';

const hub = useHub();
const LOGS = `${BASE}/usage-logs`;

describe('GET /api/v1/admin/integration/usage-logs', () => {
  test('lists the record of every request, newest first', async () => {
    const key = await makeKey(hub);
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) {
      await hub.call('GET', `${BASE}/webhooks/none?project_id=apollo`, {
        as: { token: key.token },
        headers: { 'x-request-id': id },
      });
    }
    const all = await eventually<{ request_id: string }[]>(
      () => hub.call('GET', `${LOGS}?key=${key.id}`),
      (data) => data.length === 3,
    );
    expect(all.body).toMatchObject({ pagination: { page: 1, pageSize: 50, total: 3, totalPages: 1 } });
    expect(all.body.data.map(({ request_id }) => request_id)).toEqual(ids.reverse());
    expect(all.body.data[0]).toEqual({
      id: expect.any(String),
      time: TIME,
      request_id: ids[0],
      method: 'GET',
      endpoint: `${BASE}/webhooks/{webhook_id}`,
      surface: 'administration',
      status: 404,
      duration_ms: expect.any(Number),
      bytes_in: 0,
      bytes_out: expect.any(Number),
      caller_kind: 'api_key',
      caller_id: key.id,
      caller_name: key.name,
      project_id: 'apollo',
      error_code: 'NOT_FOUND',
      address: expect.any(String),
    });
    expect(await hub.call('GET', `${LOGS}?key=${key.id}&page=2&limit=2`)).toMatchObject({
      body: { data: [{ request_id: ids[2] }], pagination: { page: 2, pageSize: 2, total: 3, totalPages: 2 } },
    });
    expect(await hub.call('GET', `${LOGS}?key=${key.id}&status=2xx`)).toMatchObject({ body: { data: [] } });
  });

  test('shows the key of a project’s administrator what was asked of that project, and what it asked itself', async () => {
    const project = `project-${randomUUID()}`;
    const admin = await makeKey(hub, { scopes: ['admin'], project_ids: [project] });
    const outside = await makeKey(hub);
    const [own, named, none] = [randomUUID(), randomUUID(), randomUUID()];
    for (const [token, query, id] of [
      [admin.token, '', own],
      [outside.token, `?project_id=${project}`, named],
      [outside.token, '', none],
    ] as const)
      await hub.call('GET', `${BASE}/webhooks${query}`, { as: { token }, headers: { 'x-request-id': id } });
    const as = { token: admin.token };
    const list = `endpoint=${BASE}/webhooks`;
    const { body } = await eventually<{ request_id: string }[]>(
      () => hub.call('GET', `${LOGS}?${list}`, { as }),
      (data) => data.length > 1,
    );
    expect(body.data.map(({ request_id }) => request_id)).toEqual([named, own]);
    const exported = await hub.call('GET', `${BASE}/api-keys/usage-stats/export?format=csv&${list}`, { as });
    const lines = exported.text.trim().split('\r\n').slice(1);
    expect(lines.map((line) => line.split(',')[2])).toEqual([own, named]);
  });

  test('is for administrators', async () => {
    expect(await hub.call('GET', LOGS, { as: 'integration_manager' })).toMatchObject({ status: 403 });
    expect(await hub.call('GET', LOGS, { as: null })).toMatchObject({ status: 401 });
  });

  test.each(['limit=101', 'page=0', 'from=x', 'status=abc'])('refuses ?%s', async (query) => {
    expect(await hub.call('GET', `${LOGS}?${query}`)).toMatchObject({
      status: 400,
      body: {
        error: { code: 'VALIDATION_ERROR', details: [{ field: query.split('=', 1)[0], message: TEXT }] },
      },
    });
  });
});
