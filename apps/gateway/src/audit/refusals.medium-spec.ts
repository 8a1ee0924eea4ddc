import type { AuditEntry } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import { register } from 'prom-client';
import { probesAt } from '../specs/probe-surfaces-for-spec';
import { RunningGateway } from '../specs/running-gateway-for-spec';

const S1 = probesAt('administration');

async function dropped(reason: string): Promise<number> {
  const metric = await register.getSingleMetric('signalbox_audit_refusals_dropped_total')?.get();
  return metric?.values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
}

describe('what is put on record of a refused call', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start();
  });
  afterAll(() => hub.stop());

  const entriesOf = (id: string): AuditEntry[] =>
    [...hub.auth.audited.values()].filter(({ request_id }) => request_id === id);
  const recorded = async (id: string): Promise<AuditEntry> => {
    await until(`${id} is on record`, 10_000, () => Promise.resolve(entriesOf(id).length > 0));
    const [entry, ...others] = entriesOf(id);
    expect(others).toEqual([]);
    if (!entry) throw new Error('There is none');
    return entry;
  };
  const ask = async (id: string, path: string, token: string | undefined, method = 'GET') => {
    const answer = await hub.fetch(path, {
      method,
      token,
      headers: { 'x-request-id': id, 'user-agent': `probe\t${'x'.repeat(600)}` },
    });
    return answer.status;
  };

  it('says who, what and from where', async () => {
    const viewer = hub.signIn('viewer');
    expect(await ask('by-role', `${S1}/admin?secret=hidden`, viewer.token)).toBe(403);
    const entry = await recorded('by-role');
    expect(entry).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      time: expect.stringMatching(/Z$/),
      action: `GET ${S1}/admin`,
      outcome: 'refused',
      reason: 'FORBIDDEN',
      actor_kind: 'user',
      actor_id: viewer.userId,
      actor_name: expect.stringContaining('viewer'),
      resource_type: null,
      resource_id: null,
      before: null,
      after: null,
      address: '127.0.0.1',
      agent: expect.stringMatching(/^probe\u{fffd}x+$/u),
      surface: 'administration',
      request_id: 'by-role',
    });
    expect(entry.agent).toHaveLength(500);
    expect(JSON.stringify(entry)).not.toMatch(/hidden/);
  });

  it('names a key that lacks a scope, and one that comes from where it may not', async () => {
    const lacking = hub.apiKey({ scopes: ['webhook'] });
    expect(await ask('by-scope', `${S1}/items/some-id`, lacking.key)).toBe(403);
    expect(await recorded('by-scope')).toMatchObject({
      action: `GET ${S1}/items/{id}`,
      actor_kind: 'api_key',
      actor_id: lacking.id,
      resource_id: 'some-id',
    });
    const elsewhere = hub.apiKey({ allowed_ips: ['203.0.113.0/24'] });
    expect(await ask('by-address', `${S1}/items/x`, elsewhere.key)).toBe(403);
    expect(await recorded('by-address')).toMatchObject({
      reason: 'key_address_refused',
      actor_id: elsewhere.id,
    });
  });

  it('covers what a service refuses', async () => {
    const admin = hub.signIn();
    expect(await ask('by-service', `${S1}/fails/FORBIDDEN`, admin.token)).toBe(403);
    expect(await recorded('by-service')).toMatchObject({ action: `GET ${S1}/fails/{code}` });
  });

  it('is nothing of calls without a credential, nor of those that went well', async () => {
    const admin = hub.signIn();
    expect(await ask('nobody', `${S1}/admin`, undefined)).toBe(401);
    expect(await ask('unknown', `${S1}/admin`, 'x')).toBe(401);
    expect(await ask('fine', `${S1}/admin`, admin.token)).toBe(200);
    await ask('last', `${S1}/admin`, hub.signIn('viewer').token);
    await recorded('last');
    expect(['nobody', 'unknown', 'fine'].flatMap(entriesOf)).toEqual([]);
  });

  it('waits for a service that is slow, and is handed over when the gateway closes', async () => {
    const other = await RunningGateway.start();
    const viewer = other.signIn('viewer');
    await other.fetch(`${S1}/items/x`, { token: viewer.token });
    let release: () => void = () => undefined;
    other.auth.held = new Promise((resolve) => (release = resolve));
    const answers = await Promise.all(
      Array.from({ length: 450 }, () => other.fetch(`${S1}/admin`, { token: viewer.token })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(other.auth.audited.size).toBe(0);
    setTimeout(release, 200);
    await other.stop();
    expect(other.auth.audited.size).toBe(450);
  });

  it('of nobody in particular is some and not all', async () => {
    const shut = await RunningGateway.start({ IP_DENY: '127.0.0.1' });
    const before = await dropped('flood');
    await Promise.all(Array.from({ length: 100 }, () => shut.fetch(`${S1}/public`)));
    await shut.stop();
    const entries = [...shut.auth.audited.values()];
    expect(entries[0]).toMatchObject({ reason: 'address_refused', actor_id: null, address: '127.0.0.1' });
    // Of two minutes, where one ends meanwhile.
    expect(entries.length).toBeGreaterThanOrEqual(60);
    expect(entries.length + (await dropped('flood')) - before).toBe(100);
  });
});
