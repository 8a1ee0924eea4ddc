import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '@signalbox/contracts';
import { makeApiKey } from '@signalbox/security';
import { until } from '@signalbox/testing';
import { probesAt } from './probe-surfaces-for-spec';
import { RunningGateway } from './running-gateway-for-spec';

const PROBES = probesAt('administration');
const FORMS: [string, (key: string) => Record<string, string>][] = [
  ['Authorization: Bearer', (key) => ({ authorization: `Bearer ${key}` })],
  ['Authorization: ApiKey', (key) => ({ authorization: `ApiKey ${key}` })],
  ['X-API-Key', (key) => ({ 'x-api-key': key })],
  ['both, with the same key', (key) => ({ authorization: `ApiKey ${key}`, 'x-api-key': key })],
];

describe('API keys at the gateway', () => {
  let gateway: RunningGateway;

  const status = async (key: string, path = `${PROBES}/scope`, headers: Record<string, string> = {}) =>
    (await gateway.fetch(path, { headers: { 'x-api-key': key, ...headers } })).status;

  beforeAll(async () => {
    gateway = await RunningGateway.start({ TRUST_PROXY: '127.0.0.1' });
  }, 60_000);

  afterAll(() => gateway.stop());

  it.each(FORMS)('are taken as %s', async (_form, headersOf) => {
    const { key, id } = gateway.apiKey({ project_ids: ['p'], rate_limit: 77 });
    const answer = await gateway.fetch(`${PROBES}/scope`, { headers: headersOf(key) });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      data: {
        principal: {
          kind: 'api_key',
          id,
          name: 'key',
          scopes: ['read', 'write'],
          projects: ['p'],
          rateLimit: 77,
        },
      },
    });
    expect(answer.headers.get('x-ratelimit-limit')).toBe('77');
  });

  it('are refused where two come in one request', async () => {
    const [one, other] = [gateway.apiKey(), gateway.apiKey()];
    expect(await status(one.key, undefined, { authorization: `ApiKey ${other.key}` })).toBe(401);
  });

  it('are asked for once, whoever else waits for them', async () => {
    const { key } = gateway.apiKey();
    const before = gateway.auth.resolveCalls;
    const statuses = await Promise.all(Array.from({ length: 20 }, () => status(key)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await status(key)).toBe(200);
    expect(gateway.auth.resolveCalls - before).toBe(1);
  });

  it('that nobody has are asked for once too', async () => {
    const before = gateway.auth.resolveCalls;
    const key = makeApiKey('ocr_');
    for (let n = 0; n < 5; n += 1) expect(await status(key)).toBe(401);
    expect(gateway.auth.resolveCalls - before).toBe(1);
  });

  it.each(['eak_', 'eak_dGhpcyBpcyBhIHNhbXBsZSBrZXkgZm9yIGRlbW8', 'nonsense', `sk_${'a'.repeat(36)}`])(
    'that cannot be any, such as %s, are refused without asking',
    async (key) => {
      const before = gateway.auth.resolveCalls;
      expect(await status(key)).toBe(401);
      expect(gateway.auth.resolveCalls).toBe(before);
    },
  );

  it('that are mistyped in one place are refused without asking', async () => {
    const { key } = gateway.apiKey();
    const before = gateway.auth.resolveCalls;
    expect(await status(key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A'))).toBe(401);
    expect(gateway.auth.resolveCalls).toBe(before);
  });

  it('are refused as soon as it is told that they were revoked', async () => {
    const { key, id } = gateway.apiKey();
    expect(await status(key)).toBe(200);
    gateway.changeKey(key, null);
    expect(await status(key)).toBe(200);
    gateway.tellChanged('somebody-else');
    expect(await status(key)).toBe(200);
    gateway.tellChanged(id);
    expect(await status(key)).toBe(401);
  });

  it('lose a scope as soon as it is told', async () => {
    const { key, id } = gateway.apiKey({ scopes: ['admin'] });
    expect(await status(key, `${PROBES}/admin`)).toBe(200);
    const facts = [...gateway.auth.apiKeys.values()].find((each) => each.id === id);
    if (!facts) throw new Error('The key is not there');
    gateway.changeKey(key, { ...facts, scopes: ['read'] });
    gateway.tellChanged(id);
    expect(await status(key, `${PROBES}/admin`)).toBe(403);
    expect(await status(key)).toBe(200);
  });

  it('are asked for anew where they changed while the answer was under way', async () => {
    const { key, id } = gateway.apiKey();
    const hold = Promise.withResolvers<undefined>();
    gateway.auth.held = hold.promise;
    const before = gateway.auth.resolveCalls;
    const first = status(key);
    await until('it is asked for', 5_000, () => gateway.auth.resolveCalls > before);
    gateway.changeKey(key, null);
    gateway.tellChanged(id);
    hold.resolve(undefined);
    gateway.auth.held = Promise.resolve();
    await first;
    expect(await status(key)).toBe(401);
  });

  it('that are switched off or have expired are refused', async () => {
    expect(await status(gateway.apiKey({ usable: false }).key)).toBe(401);
    expect(await status(gateway.apiKey({ remaining_ms: -1 }).key)).toBe(401);
  });

  it('expire by themselves, without anybody telling', async () => {
    const { key } = gateway.apiKey({ remaining_ms: 700 });
    const before = gateway.auth.resolveCalls;
    expect(await status(key)).toBe(200);
    await sleep(720);
    expect(await status(key)).toBe(401);
    expect(gateway.auth.resolveCalls - before).toBe(1);
  });

  it.each<[Scope, number[]]>([
    ['read', [200, 403, 403]],
    ['write', [200, 201, 403]],
    ['webhook', [403, 403, 403]],
    ['admin', [200, 201, 200]],
  ])('with the scope %s may do what it says', async (scope, expected) => {
    const { key } = gateway.apiKey({ scopes: [scope] });
    const write = gateway.post(PROBES, { name: 'n' }, { headers: { 'x-api-key': key } });
    expect([await status(key), (await write).status, await status(key, `${PROBES}/admin`)]).toEqual(expected);
  });

  it.each([
    ['192.0.2.0/24', '192.0.2.77', 200],
    ['192.0.2.0/24', '192.0.3.1', 403],
    ['192.0.2.0/24', '::ffff:192.0.2.77', 200],
    ['192.0.2.9', '192.0.2.9', 200],
    ['2001:db8::/32', '2001:db8::1', 200],
    ['2001:db8::/32', '2001:db9::1', 403],
    ['2001:db8::/32', '192.0.2.1', 403],
  ])('for %s only: from %s %d', async (range, address, expected) => {
    const { key } = gateway.apiKey({ allowed_ips: ['198.51.100.1', range] });
    const path = `${PROBES}/scope`;
    expect(await status(key, path, { 'x-forwarded-for': address })).toBe(expected);
  });

  it('that may not be used from here name the reason, and count against the address', async () => {
    const { key } = gateway.apiKey({ allowed_ips: ['192.0.2.1'], rate_limit: 77 });
    const answer = await gateway.fetch(`${PROBES}/scope`, { headers: { 'x-api-key': key } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-ratelimit-limit')).not.toBe('77');
    expect(await answer.json()).toMatchObject({
      error: { code: 'FORBIDDEN', message: 'The API key may not be used from this address' },
    });
  });

  it('have their own limit on public routes too, once they are known', async () => {
    const { key } = gateway.apiKey({ rate_limit: 77 });
    await status(key);
    const answer = await gateway.fetch(`${PROBES}/public`, { headers: { 'x-api-key': key } });
    expect(answer.headers.get('x-ratelimit-limit')).toBe('77');
  });

  it('appear in no log line, nor what is told of them', async () => {
    const { key } = gateway.apiKey();
    await status(key);
    await status(makeApiKey('eak_'));
    await gateway.fetch(`${PROBES}/crash`, { headers: { 'x-api-key': key } });
    expect(gateway.log.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(gateway.log.lines)).not.toContain(key.slice(8));
  });
});

describe('the use of API keys', () => {
  it('is told when the gateway stops, at the latest', async () => {
    const gateway = await RunningGateway.start();
    const { key, id } = gateway.apiKey();
    const from = Date.now();
    for (let n = 0; n < 3; n += 1) await gateway.fetch(`${PROBES}/scope`, { headers: { 'x-api-key': key } });
    await gateway.fetch(`${PROBES}/scope`, { headers: { 'x-api-key': makeApiKey('eak_') } });
    await gateway.stop();
    expect(gateway.auth.uses).toEqual([{ id, at: expect.any(Number) as number }]);
    expect(gateway.auth.uses[0]?.at).toBeGreaterThanOrEqual(from);
  }, 60_000);
});

describe('a forwarded address', () => {
  it('counts for nothing where no proxy is trusted', async () => {
    const gateway = await RunningGateway.start();
    const { key } = gateway.apiKey({ allowed_ips: ['192.0.2.1'] });
    const headers = { 'x-api-key': key, 'x-forwarded-for': '192.0.2.1' };
    expect((await gateway.fetch(`${PROBES}/scope`, { headers })).status).toBe(403);
    await gateway.stop();
  }, 60_000);
});
