import { request as httpRequest } from 'node:http';
import type { UsageRecord } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import { probesAt } from '../specs/probe-surfaces-for-spec';
import { RunningGateway, type SignedIn } from '../specs/running-gateway-for-spec';

const S1 = probesAt('administration');

describe('what is noted of a request', () => {
  let hub: RunningGateway;
  let admin: SignedIn;
  beforeAll(async () => {
    hub = await RunningGateway.start();
    admin = hub.signIn();
  });
  afterAll(() => hub.stop());

  const noted = async (id: string): Promise<UsageRecord> => {
    let found: UsageRecord[] = [];
    await until(`${id} is noted`, 10_000, () => {
      found = [...hub.auth.usage.values()].flat().filter(({ request_id }) => request_id === id);
      return Promise.resolve(found.length > 0);
    });
    const [record, ...others] = found;
    expect(others).toEqual([]);
    if (!record) throw new Error('There is none');
    return record;
  };
  let count = 0;
  const ask = async (
    path: string,
    init: Parameters<RunningGateway['fetch']>[1] = {},
  ): Promise<UsageRecord> => {
    const id = `usage-${(count += 1)}`;
    const answer = await hub.fetch(path, {
      token: admin.token,
      ...init,
      headers: { 'x-request-id': id, ...(init.headers as Record<string, string>) },
    });
    const bytes = (await answer.arrayBuffer()).byteLength;
    const record = await noted(id);
    expect(record).toMatchObject({
      request_id: id,
      status: answer.status,
      bytes_out: bytes,
      address: '127.0.0.1',
    });
    expect(Math.abs(Date.now() - Date.parse(record.time))).toBeLessThan(10_000);
    expect(record.duration_us).toBeGreaterThan(0);
    return record;
  };
  const create = (body: object, init: Parameters<RunningGateway['fetch']>[1] = {}) =>
    ask(S1, {
      method: 'POST',
      body: JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json' },
    });

  it('a request that went well', async () => {
    const { name } = hub.auth.sessions.get(admin.sessionId)?.principal ?? {};
    expect(await ask(`${S1}/items/abc?secret=1`)).toMatchObject({
      method: 'GET',
      endpoint: `${S1}/items/{id}`,
      surface: 'administration',
      status: 200,
      bytes_in: 0,
      caller_kind: 'user',
      caller_id: admin.userId,
      caller_name: name,
      project_id: null,
      error_code: null,
    });
  });

  it('the endpoint as it is published, slash and all', async () => {
    expect(await ask(`${probesAt('automation')}/items/x`)).toMatchObject({
      endpoint: `${probesAt('automation')}/items/{id}/`,
    });
  });

  it('the bytes of the body, also of one that is refused', async () => {
    expect(await create({ name: 'né' })).toMatchObject({ status: 201, bytes_in: 14, error_code: null });
    expect(await create({ nome: 'x' })).toMatchObject({
      status: 400,
      bytes_in: 12,
      error_code: 'VALIDATION_FAILED',
    });
  });

  it.each<[string, string, object]>([
    ['nothing there', `${S1}/items`, { status: 404, endpoint: 'unmatched', error_code: 'NOT_FOUND' }],
    ['a crash', `${S1}/crash`, { status: 500, endpoint: `${S1}/crash`, error_code: 'INTERNAL' }],
    ['a path that cannot be read', '/%zz', { status: 400, endpoint: 'unmatched', surface: 'code-review' }],
  ])('%s', async (_what, path, expected) => {
    expect(await ask(path)).toMatchObject(expected);
  });

  it('nobody in particular, and nobody’s project', async () => {
    const nobody = { caller_kind: null, caller_id: null, caller_name: null, project_id: null };
    expect(await ask(`${S1}/public?project_id=p`, { token: undefined })).toMatchObject({
      status: 200,
      ...nobody,
    });
    expect(await ask(`${S1}/items/x?project_id=p`, { token: 'wrong' })).toMatchObject({
      status: 401,
      error_code: 'UNAUTHENTICATED',
      ...nobody,
    });
  });

  it('who was refused', async () => {
    const viewer = hub.signIn('viewer');
    expect(await ask(`${S1}/admin`, { token: viewer.token })).toMatchObject({
      status: 403,
      error_code: 'FORBIDDEN',
      caller_id: viewer.userId,
    });
  });

  it('the project that is named in the query or the body', async () => {
    expect(await ask(`${S1}/items/x?project_id=apollo`)).toMatchObject({ project_id: 'apollo' });
    expect(await create({ name: 'x', project_id: 'gemini' })).toMatchObject({ project_id: 'gemini' });
    expect(await ask(`${S1}/items/x?project_id=${'p'.repeat(256)}`)).toMatchObject({ project_id: null });
    expect(await ask(`${S1}/items/x?project_id=a%00b`)).toMatchObject({ project_id: null });
    expect(await ask(`${S1}/items/x?project_id=a&project_id=b`)).toMatchObject({ project_id: null });
  });

  it('the only project of a caller, and none that he may not see', async () => {
    const confined = (projects: string[]) => {
      const member = hub.signIn('member');
      const view = hub.auth.sessions.get(member.sessionId);
      if (view)
        hub.auth.sessions.set(member.sessionId, { ...view, principal: { ...view.principal, projects } });
      return member.token;
    };
    const one = confined(['apollo']);
    const two = confined(['apollo', 'gemini']);
    expect(await ask(`${S1}/items/x`, { token: one })).toMatchObject({ project_id: 'apollo' });
    expect(await ask(`${S1}/items/x?project_id=zeus`, { token: two })).toMatchObject({ project_id: null });
    expect(await ask(`${S1}/items/x?project_id=gemini`, { token: two })).toMatchObject({
      project_id: 'gemini',
    });
  });

  it('that the caller left before the answer', async () => {
    let release: () => void = () => undefined;
    hub.auth.held = new Promise((resolve) => (release = resolve));
    const { token } = hub.signIn();
    const before = hub.auth.sessionCalls;
    const left = httpRequest(`${hub.url}${S1}/items/x`, {
      headers: { authorization: `Bearer ${token}`, 'x-request-id': 'left' },
    });
    left.on('error', () => undefined);
    left.end();
    await until('it is under way', 5_000, () => Promise.resolve(hub.auth.sessionCalls > before));
    left.destroy();
    expect(await noted('left')).toMatchObject({ status: 499, error_code: 'CLIENT_CLOSED' });
    release();
    hub.auth.held = Promise.resolve();
  });

  it('nothing of what probes ask', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      await hub.fetch(path, { headers: { 'x-request-id': 'probe' } });
    }
    await ask(`${S1}/health`);
    expect([...hub.auth.usage.values()].flat().map(({ request_id }) => request_id)).not.toContain('probe');
  });

  it('all of it is handed over when the gateway closes', async () => {
    const other = await RunningGateway.start();
    const answers = await Promise.all(Array.from({ length: 300 }, () => other.fetch(`${S1}/public`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await other.stop();
    expect([...other.auth.usage.values()].flat()).toHaveLength(300);
  });
});
