import type { CallOptions } from './answer';
import { useHub } from './hub';
import { WEBHOOK } from './samples';
import { whenWell } from './when-well';

const hub = useHub();
const EVENT = '/api/v1/webhooks/events/task.created';

const ANSWERS: [number, string, string, CallOptions][] = [
  [200, 'GET', '/api/v1/health', { as: null }],
  [200, 'GET', '/api/v1/webhooks', {}],
  [200, 'HEAD', '/api/v1/webhooks', {}],
  [200, 'GET', '/api/users/me/', {}],
  [200, 'GET', '/api/v1/doc', { as: null }],
  [200, 'GET', '/api/v1/doc/ui', { as: null }],
  [200, 'GET', '/health/live', { as: null }],
  [200, 'GET', '/health/ready', { as: null }],
  [200, 'GET', '/metrics', {}],
  [201, 'POST', '/api/v1/admin/integration/webhooks', { body: WEBHOOK }],
  [202, 'POST', EVENT, { body: { project_id: 'headers' } }],
  [302, 'GET', '/api/docs/', { as: null }],
  [302, 'GET', '/docs', { as: null }],
  [400, 'POST', '/api/v1/auth/login', { as: null, body: {} }],
  [400, 'POST', EVENT, { body: '{"a":' }],
  [400, 'GET', '/nobody/%zz', {}],
  [401, 'GET', '/api/v1/webhooks', { as: null }],
  [401, 'POST', '/api/v1/auth/login', { as: null, body: { secret: 'wrong' } }],
  [403, 'GET', '/api/users/', { as: 'viewer' }],
  [404, 'GET', '/api/v1/webhooks/webhook_id', {}],
  [404, 'GET', '/nobody', { as: null }],
  [404, 'GET', '/integration-management/nobody', { as: null }],
  [405, 'PATCH', '/api/v1/webhooks', {}],
  [413, 'POST', EVENT, { body: { text: 'x'.repeat(1024 * 1024) } }],
  [415, 'POST', EVENT, { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  [422, 'POST', EVENT, { body: [] }],
];

describe('what every answer bears', () => {
  test.each(ANSWERS)('%i to %s %s', async (status, method, path, options) => {
    const given = `mine-${hub.project()}`;
    const headed = { ...options, headers: { ...options.headers, 'X-Request-Id': given } };
    const answer = await whenWell(() => hub.call(method, path, headed));
    expect(answer.status).toBe(status);
    const { headers } = answer;
    expect(headers.get('X-Request-Id')).toBe(given);
    const [limit, remaining, reset] = ['Limit', 'Remaining', 'Reset'].map((name) =>
      Number(headers.get(`X-RateLimit-${name}`) ?? NaN),
    );
    expect(limit).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(limit ?? 0);
    const seconds = Date.now() / 1000;
    expect(reset).toBeGreaterThanOrEqual(Math.floor(seconds));
    expect(reset).toBeLessThanOrEqual(Math.ceil(seconds) + 61);
    const [, left, wait] = /^"\w+";r=(\d+);t=(\d+)$/.exec(headers.get('RateLimit') ?? '') ?? [];
    const [, quota, window] = /^"\w+";q=(\d+);w=(\d+)$/.exec(headers.get('RateLimit-Policy') ?? '') ?? [];
    expect([Number(left), Number(quota)]).toEqual([remaining, limit]);
    expect(Number(wait)).toBeLessThanOrEqual(Number(window));
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('DENY');
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(headers.get('Strict-Transport-Security')).toMatch(/max-age=\d{7,}/);
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('X-Powered-By')).toBeNull();
    expect(headers.get('Server')).toBeNull();
    expect(headers.get('WWW-Authenticate')).toBe(status === 401 ? 'Bearer realm="signalbox"' : null);
  });

  test.each(['two words', 'x'.repeat(129), 'a;b', 'ä'])(
    'a request id such as %j is replaced',
    async (given) => {
      const { headers } = await hub.call('GET', '/api/v1/health', {
        as: null,
        headers: { 'X-Request-Id': Buffer.from(given).toString('latin1') },
      });
      expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});
