import { useHub } from '../hub';
import { MASK, TEXT } from '../samples';
import { BASE, makeAdminWebhook, type AdminWebhook, type Data } from './webhooks';

const hub = useHub();

describe('GET /api/v1/admin/integration/webhooks', () => {
  test('answers data and pagination, secrets masked, 50 a page', async () => {
    const project_id = hub.project();
    const webhook = await makeAdminWebhook(hub, { project_id, headers: { 'X-Api-Key': 'hidden' } });
    const { status, body } = await hub.call('GET', `${BASE}/webhooks?project_id=${project_id}`, {
      as: 'viewer',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: [{ ...webhook, secret: MASK, headers: { 'X-Api-Key': MASK } }],
      pagination: { page: 1, pageSize: 50, total: 1, totalPages: 1 },
    });
  });

  test.each([
    ['page=1&limit=2', ['c', 'b'], { page: 1, pageSize: 2, total: 3, totalPages: 2 }],
    ['page=2&limit=2', ['a'], { page: 2, pageSize: 2, total: 3, totalPages: 2 }],
    ['is_active=false', ['b'], { page: 1, pageSize: 50, total: 1, totalPages: 1 }],
    ['page=9', [], { page: 9, pageSize: 50, total: 3, totalPages: 1 }],
  ])('filters and pages: ?%s', async (query, names, pagination) => {
    const project_id = hub.project();
    for (const name of ['a', 'b', 'c'])
      await makeAdminWebhook(hub, { project_id, name, is_active: name !== 'b' });
    const { body } = await hub.call<Data<AdminWebhook[]>>(
      'GET',
      `${BASE}/webhooks?project_id=${project_id}&${query}`,
    );
    expect(body).toMatchObject({ pagination });
    expect(body.data.map(({ name }) => name)).toEqual(names);
  });

  test.each(['limit=0', 'limit=101', 'limit=ten', 'page=0', 'is_active=maybe'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await hub.call('GET', `${BASE}/webhooks?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({
        error: { code: 'VALIDATION_ERROR', details: [{ field: query.split('=', 1)[0], message: TEXT }] },
      });
    },
  );

  test('asks for a credential', async () => {
    const { status, body } = await hub.call('GET', `${BASE}/webhooks`, { as: null });
    expect(status).toBe(401);
    expect(body).toEqual({ success: false, error: { code: 'UNAUTHORIZED', message: TEXT } });
  });
});
