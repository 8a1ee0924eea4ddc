import { useHub } from '../hub';
import { BASE, type Data } from './webhooks';

const hub = useHub();

interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly surface: string;
  readonly [field: string]: unknown;
}

const list = (query: string) =>
  hub.call<Data<Endpoint[]> & { pagination: { total: number } }>('GET', `${BASE}/endpoints?${query}`);

describe('GET /api/v1/admin/integration/endpoints', () => {
  test('lists what the OpenAPI document describes', async () => {
    const { operations } = await hub.published();
    const found: Endpoint[] = [];
    for (let page = 1; found.length < operations.length; page += 1) {
      const { body } = await list(`limit=100&page=${page}`);
      expect(body.pagination.total).toBe(operations.length);
      if (body.data.length === 0) break;
      found.push(...body.data);
    }
    const name = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
    expect(found.map(name).sort()).toEqual(operations.map(name).sort());
  });

  test('says of each what it does and who may call it', async () => {
    const { body } = await list('search=admin/integration/webhooks/{webhook_id}');
    expect(body.data.find(({ method }) => method === 'DELETE')).toEqual({
      method: 'DELETE',
      path: `${BASE}/webhooks/{webhook_id}`,
      operation_id: expect.any(String),
      surface: 'administration',
      summary: 'Delete a webhook',
      authenticated: true,
      roles: ['admin', 'integration_manager', 'member'],
      scopes: ['write', 'admin'],
    });
  });

  test('filters by surface', async () => {
    const { body } = await list('surface=automation&limit=100');
    expect(body.data.length).toBeGreaterThan(3);
    expect(new Set(body.data.map(({ surface }) => surface))).toEqual(new Set(['automation']));
    expect(body.data.find(({ path }) => path === '/api/auth/login/')).toMatchObject({ authenticated: false });
  });

  test('needs `read`', async () => {
    expect(await hub.call('GET', `${BASE}/endpoints`, { as: null })).toMatchObject({ status: 401 });
    expect(await hub.call('GET', `${BASE}/endpoints`, { as: 'viewer' })).toMatchObject({ status: 200 });
  });
});
