import { figuresTold } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import { probesAt } from './probe-surfaces-for-spec';
import { RunningGateway, type SignedIn } from './running-gateway-for-spec';
import { SURFACE_NAMES, type SurfaceName } from '../surfaces';

describe('answers in the shape of each surface (services in memory)', () => {
  let hub: RunningGateway;
  let admin: SignedIn;
  beforeAll(async () => {
    hub = await RunningGateway.start();
    admin = hub.signIn();
  });
  afterAll(() => hub.stop());

  const get = async (path: string, init: Parameters<RunningGateway['fetch']>[1] = {}): Promise<unknown> =>
    (await hub.fetch(path, { token: admin.token, ...init })).json();

  it.each<[SurfaceName, unknown]>([
    ['integration-service', { code: 'S10000', msg: '操作成功', content: { id: 'x' } }],
    ['administration', { success: true, data: { id: 'x' } }],
    ['automation', { id: 'x' }],
    ['integration-management', { id: 'x' }],
    ['code-review', { success: true, data: { id: 'x' } }],
  ])('%s: one thing', async (surface, body) => {
    expect(await get(`${probesAt(surface)}/items/x`)).toEqual(body);
    expect(await get(`${probesAt(surface)}/items/x/`)).toEqual(body);
  });

  const pagination = { page: 2, pageSize: 100, total: 250, totalPages: 3 };
  it.each<[SurfaceName, unknown]>([
    [
      'integration-service',
      { code: 'S10000', msg: '操作成功', content: { probes: [{ id: 'a' }], total: 250, page: 2, size: 100 } },
    ],
    ['administration', { success: true, data: [{ id: 'a' }], pagination }],
    ['integration-management', { items: [{ id: 'a' }], total: 250, skip: 100, limit: 100 }],
    ['code-review', { success: true, data: [{ id: 'a' }], pagination }],
  ])('%s: a page', async (surface, body) => {
    expect(await get(`${probesAt(surface)}?page=2&size=100`)).toEqual(body);
  });

  it('automation links its pages with absolute addresses', async () => {
    const path = `${probesAt('automation')}/`;
    const page = (number: number) => `${hub.url}${path}?size=100&search=a+b&page=${number}`;
    const ask = (number: number) => get(`${path}?size=100&search=a%20b&page=${number}`);
    const row = { id: 'a', search: 'a b' };
    expect(await ask(1)).toEqual({ count: 250, next: page(2), previous: null, results: [row] });
    expect(await ask(2)).toEqual({ count: 250, next: page(3), previous: page(1), results: [row] });
    expect(await ask(3)).toEqual({ count: 250, next: null, previous: page(2), results: [row] });
  });

  it('a host that is none does not get into links', async () => {
    const answer = await hub.raw(
      `GET /api/probes?size=100 HTTP/1.1\r\nHost: evil.example/?\r\nAuthorization: Bearer ${admin.token}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toContain('"next":"http://localhost/api/probes?size=100&page=2"');
  });

  it('an address that names its host keeps only its path', async () => {
    const answer = await hub.raw(
      `GET ${hub.url}/api/probes?size=100 HTTP/1.1\r\nHost: hub.example\r\nAuthorization: Bearer ${admin.token}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toContain('"next":"http://hub.example/api/probes?size=100&page=2"');
  });

  it.each(SURFACE_NAMES)('%s: nothing is nothing', async (surface) => {
    const response = await hub.fetch(`${probesAt(surface)}/items/x`, {
      method: 'DELETE',
      token: admin.token,
    });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(response.headers.get('content-type')).toBeNull();
  });

  it('creating answers 201', async () => {
    const response = await hub.post('/api/v1/probes', { name: 'a' }, { token: admin.token });
    expect(response.status).toBe(201);
  });

  it('says it in the language that is asked for', async () => {
    const headers = { 'accept-language': 'en' };
    expect(await get('/api/v1/probes/items/x', { headers })).toMatchObject({ msg: 'Success' });
  });

  it('HEAD answers as GET does, without the body', async () => {
    const response = await hub.fetch('/api/v1/probes/items/x', { method: 'HEAD', token: admin.token });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('keeps a well-formed request id and replaces any other', async () => {
    const idOf = async (given: string) =>
      (await hub.fetch('/health/live', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await idOf('order_1.2-3')).toBe('order_1.2-3');
    expect(await idOf('x'.repeat(128))).toBe('x'.repeat(128));
    for (const bad of ['two words', 'x'.repeat(129), 'a;b', '']) {
      expect(await idOf(bad)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('hands request id, trace and principal on to whatever the controller calls', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const scope = await get('/api/probes/scope', { headers: { traceparent, 'x-request-id': 'mine' } });
    expect(scope).toMatchObject({
      requestId: 'mine',
      traceparent: expect.stringMatching(
        /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad)[0-9a-f]{16}-01$/,
      ) as string,
      principal: { kind: 'user', id: admin.userId, role: 'admin' },
    });
  });

  it('bears security headers everywhere, and a page its own policy', async () => {
    for (const path of ['/api/v1/probes/public', '/nope', '/api/v1/probes', '/health/live']) {
      const { headers } = await hub.fetch(path);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    const page = await hub.fetch('/api/v1/probes/page');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'self'");
  });

  it('writes one line a request, with its route and without its contents', async () => {
    const id = 'logged-request';
    await hub.post(
      '/api/v1/probes?search=hidden-query',
      { name: 'hidden-body' },
      { token: admin.token, headers: { 'x-request-id': id } },
    );
    const lines = hub.log.lines.filter((line) => line.requestId === id);
    expect(lines).toEqual([
      expect.objectContaining({
        method: 'POST',
        route: '/api/v1/probes',
        status: 201,
        ms: expect.any(Number) as number,
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        principalId: admin.userId,
        msg: 'request',
      }),
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/hidden|eyJ|Bearer/);
  });

  it('measures requests by route, for who may see it', async () => {
    await hub.fetch('/api/v1/probes/items/some-id', { token: admin.token });
    const response = await hub.fetch('/metrics', { token: admin.token });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const metrics = await response.text();
    expect(metrics).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/probes\/items\/:id",status="200"\} [1-9]/,
    );
    expect(metrics).not.toContain('some-id');
    expect((await hub.fetch('/metrics')).status).toBe(401);
    expect((await hub.fetch('/metrics', { token: hub.signIn('member').token })).status).toBe(403);
  });

  it('shows the published figures that other processes tell', async () => {
    const tell = (instance: string, pending: number, processed: number) =>
      hub.transport.notices.tell(figuresTold, {
        instance,
        figures: [
          {
            name: 'pending_webhook_events',
            help: 'Pending',
            type: 'gauge',
            values: [{ labels: {}, value: pending }],
          },
          {
            name: 'webhook_events_processed',
            help: 'Processed',
            type: 'counter',
            values: [{ labels: { status: 'failed' }, value: processed }],
          },
        ],
      });
    tell('sync-1', 5, 1);
    tell('sync-2', 7, 2);
    tell('sync-1', 6, 3);
    const lines = await until('they are shown', 5_000, async () => {
      const text = await (await hub.fetch('/metrics', { token: admin.token })).text();
      const found: string[] = text.match(/^(pending_webhook_events|webhook_events_processed).*$/gm) ?? [];
      return found.includes('pending_webhook_events 6') && found;
    });
    expect([...lines].sort()).toEqual([
      'pending_webhook_events 6',
      'webhook_events_processed{status="failed",instance="sync-1"} 3',
      'webhook_events_processed{status="failed",instance="sync-2"} 2',
    ]);
  });

  it('is alive, and ready while it can reach the services', async () => {
    expect(await get('/health/live', { token: undefined })).toEqual({ status: 'ok' });
    expect(await get('/health/ready', { token: undefined })).toMatchObject({ status: 'ok' });
  });
});
