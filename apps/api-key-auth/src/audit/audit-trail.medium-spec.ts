import {
  apiKeyOperations,
  authOperations,
  userOperations,
  usageReportOperations,
  type AuditEntryView,
  type CallContext,
} from '@signalbox/contracts';
import { testLog } from '@signalbox/testing';
import { ADMIN, HERE, refusal, RunningAuth } from '../running-auth-for-spec';
import { rotateSigningKey } from '../tokens/rotate-signing-key';
import { entriesAbout } from './audit-for-spec';

const PASSWORD = 'correct horse';
const MASK = '********';
const ORIGIN = { address: '203.0.113.7', agent: 'curl/8', surface: 'automation' };
const CONTEXT: Partial<CallContext> = { principal: ADMIN, requestId: 'req-1', origin: ORIGIN };
const BY_ADMIN = {
  outcome: 'done',
  actor_kind: 'user',
  actor_id: ADMIN.id,
  actor_name: ADMIN.name,
  address: ORIGIN.address,
  agent: ORIGIN.agent,
  surface: ORIGIN.surface,
  request_id: 'req-1',
};

describe('what is put on record', () => {
  let auth: RunningAuth;
  let nth = 0;
  beforeAll(async () => {
    auth = await RunningAuth.start();
  }, 60_000);
  afterAll(() => auth.stop());

  const about = (id: string): Promise<readonly AuditEntryView[]> => entriesAbout(auth, id);
  const user = (fields: { username?: string } = {}) =>
    auth.call(
      userOperations.create,
      { username: `user-${++nth}`, password: PASSWORD, email: 'a@example.com', role: 'member', ...fields },
      CONTEXT,
    );
  const count = async () =>
    (await auth.sql<{ n: number }>('SELECT count(*)::integer AS n FROM audit_entries'))[0]?.n;

  it('the first administrator, made by the hub itself', async () => {
    const [admin] = await auth.sql<{ id: string }>(`SELECT id FROM users WHERE username = 'admin'`);
    expect(await about(admin?.id ?? '')).toMatchObject([
      {
        action: 'users.create',
        actor_kind: 'system',
        actor_id: 'system',
        address: null,
        request_id: null,
      },
    ]);
  });

  it('users: made, changed, their password changed, removed', async () => {
    const { id, username } = await user();
    await auth.call(
      userOperations.update,
      { id, changes: { role: 'viewer', email: 'a@example.com', projects: ['p'] }, origin: HERE },
      CONTEXT,
    );
    const self = { kind: 'user', id, name: username, role: 'viewer', projects: null } as const;
    await auth.call(authOperations.login, { username, password: PASSWORD, origin: HERE }, {});
    await auth.call(
      userOperations.changePassword,
      { current_password: PASSWORD, new_password: 'battery staple', origin: HERE },
      { ...CONTEXT, principal: self },
    );
    await auth.call(userOperations.remove, { id }, CONTEXT);
    const [removed, password, changed, made, ...others] = await about(id);
    expect(others).toEqual([]);
    expect(made).toMatchObject({
      ...BY_ADMIN,
      action: 'users.create',
      resource_type: 'user',
      before: null,
      after: { username, role: 'member', password: MASK },
    });
    expect(changed).toMatchObject({ ...BY_ADMIN, action: 'users.update' });
    expect(changed?.before).toEqual({ role: 'member', projects: null });
    expect(changed?.after).toEqual({ role: 'viewer', projects: ['p'] });
    expect(password).toMatchObject({
      ...BY_ADMIN,
      actor_id: id,
      actor_name: username,
      action: 'users.change-password',
    });
    expect(password?.before).toEqual({ password: MASK });
    expect(password?.after).toEqual({ password: MASK, ended_sessions: 1 });
    expect(removed).toMatchObject({ ...BY_ADMIN, action: 'users.remove', before: { username }, after: null });
  });

  it('nothing where nothing was changed, whatever the reason', async () => {
    const { id, username } = await user();
    const other = await user();
    const before = await count();
    const call = (changes: object) =>
      auth.call(userOperations.update, { id, changes, origin: HERE }, CONTEXT);
    await call({});
    await call({ username });
    expect(await refusal(call({ username: other.username }))).toMatchObject({ code: 'CONFLICT' });
    expect(await refusal(call({ role: 'king' }))).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await refusal(user({ username }))).toMatchObject({ code: 'CONFLICT' });
    expect(
      await refusal(auth.call(authOperations.login, { username, password: 'wrong', origin: HERE })),
    ).toMatchObject({ code: 'UNAUTHENTICATED' });
    await auth.call(authOperations.logout, { session_id: '019a9e2c-6f00-7000-8000-000000000000' });
    expect(await count()).toBe(before);
  });

  it('sessions: by whom they were opened, ended, and taken away', async () => {
    const { id, username } = await user();
    const signIn = () =>
      auth.call(authOperations.login, { username, password: PASSWORD, origin: HERE }, { origin: ORIGIN });
    const sessionOf = ({ access }: { access: string }) =>
      (JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
    const opened = await signIn();
    const sid = sessionOf(opened);
    const self = {
      kind: 'user',
      id,
      name: username,
      role: 'member',
      projects: null,
      sessionId: sid,
    } as const;
    await auth.call(authOperations.logout, { session_id: sid }, { principal: self, origin: ORIGIN });
    expect(await about(sid)).toMatchObject([
      { action: 'auth.logout', actor_id: id, before: { user_id: id }, after: null },
      {
        action: 'auth.login',
        actor_id: id,
        actor_name: username,
        resource_type: 'session',
        address: ORIGIN.address,
      },
    ]);

    const stolen = await signIn();
    await auth.call(authOperations.refresh, { refresh: stolen.refresh, origin: HERE });
    const again = { refresh: stolen.refresh, origin: { address: '198.51.100.9', agent: 'x' } };
    await refusal(
      auth.call(authOperations.refresh, again, { origin: { ...again.origin, surface: 'automation' } }),
    );
    expect(await about(sessionOf(stolen))).toMatchObject([
      {
        action: 'auth.refresh',
        outcome: 'refused',
        reason: 'refresh_token_reused',
        actor_id: id,
        address: '198.51.100.9',
      },
      { action: 'auth.login' },
    ]);
  });

  it('API keys: made, changed, rotated, revoked, and never what proves them', async () => {
    const made = await auth.call(
      apiKeyOperations.create,
      { name: 'ci', prefix: 'eak_', scopes: ['read'], expires_at: '2030-01-01T00:00:00.000Z' },
      CONTEXT,
    );
    const { id } = made;
    await auth.call(
      apiKeyOperations.update,
      { id, changes: { scopes: ['write'], expires_at: null } },
      CONTEXT,
    );
    await auth.call(apiKeyOperations.update, { id, changes: { scopes: ['write'] } }, CONTEXT);
    const rotated = await auth.call(apiKeyOperations.rotate, { id, overlap_seconds: 60 }, CONTEXT);
    await auth.call(apiKeyOperations.revoke, { id }, CONTEXT);
    await auth.call(apiKeyOperations.revoke, { id }, CONTEXT);
    const entries = await about(id);
    expect(entries.map(({ action }) => action)).toEqual([
      'api-keys.revoke',
      'api-keys.rotate',
      'api-keys.update',
      'api-keys.create',
    ]);
    const [revoke, rotate, update, create] = entries;
    expect(create).toMatchObject({
      ...BY_ADMIN,
      before: null,
      after: { name: 'ci', prefix: made.key_prefix },
    });
    expect(update?.before).toEqual({ scopes: ['read'], expires_at: '2030-01-01T00:00:00.000Z' });
    expect(update?.after).toEqual({ scopes: ['write'], expires_at: null });
    expect(rotate?.before).toEqual({ prefix: made.key_prefix });
    expect(rotate?.after).toEqual({ prefix: rotated.key_prefix, overlap_seconds: 60 });
    expect(revoke).toMatchObject({ before: { name: 'ci', prefix: rotated.key_prefix }, after: null });
    for (const { key } of [made, rotated]) expect(JSON.stringify(entries)).not.toContain(key);
  });

  it('reports: made, changed, deleted, each once', async () => {
    const input = { name: 'Failures', group_by: ['key'] as const };
    const context = { ...CONTEXT, idempotencyId: '019a9e2c-6f00-7000-8000-00000000000a' };
    const { id } = await auth.call(usageReportOperations.create, input, context);
    await auth.call(usageReportOperations.create, input, context);
    await auth.call(usageReportOperations.update, { id, changes: { days: 5 } }, CONTEXT);
    await auth.call(usageReportOperations.update, { id, changes: { days: 5 } }, CONTEXT);
    await auth.call(usageReportOperations.remove, { id }, CONTEXT);
    expect(await about(id)).toMatchObject([
      { action: 'usage-reports.delete', before: { name: 'Failures' }, after: null },
      { action: 'usage-reports.update', before: { days: 30 }, after: { days: 5 } },
      { action: 'usage-reports.create', ...BY_ADMIN, after: { group_by: ['key'] } },
    ]);
  });

  it('another key to sign tokens with', async () => {
    const { kid } = await rotateSigningKey(auth.config, testLog());
    const [entry] = await about(kid);
    expect(entry).toMatchObject({
      action: 'signing-keys.rotate',
      actor_kind: 'system',
      before: null,
      after: { kid, algorithm: 'HS256' },
    });
  });

  it('no change that could not be put on record was made', async () => {
    const { id, username } = await user();
    const key = await auth.call(
      apiKeyOperations.create,
      { name: 'kept', prefix: 'eak_', scopes: ['read'] },
      CONTEXT,
    );
    const report = await auth.call(
      usageReportOperations.create,
      { name: 'Kept', group_by: ['key'] },
      CONTEXT,
    );
    const { access } = await auth.call(authOperations.login, { username, password: PASSWORD, origin: HERE });
    const { sid } = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as {
      sid: string;
    };
    const stored = () =>
      Promise.all(
        ['users', 'sessions', 'api_keys', 'api_key_secrets', 'usage_reports', 'signing_keys'].map((table) =>
          auth.sql(`SELECT * FROM ${table} ORDER BY 1`),
        ),
      );
    const before = await stored();
    await auth.sql('ALTER TABLE audit_entries ADD CONSTRAINT full_up CHECK (false) NOT VALID');
    const ref = { id };
    for (const change of [
      () => user(),
      () => auth.call(userOperations.update, { id, changes: { role: 'viewer' }, origin: HERE }, CONTEXT),
      () =>
        auth.call(
          userOperations.update,
          { id, changes: { password: 'another' + PASSWORD }, origin: HERE },
          CONTEXT,
        ),
      () => auth.call(userOperations.remove, ref, CONTEXT),
      () => auth.call(authOperations.login, { username, password: PASSWORD, origin: HERE }),
      () => auth.call(authOperations.logout, { session_id: sid }, CONTEXT),
      () => auth.call(apiKeyOperations.create, { name: 'x', prefix: 'eak_', scopes: ['read'] }, CONTEXT),
      () => auth.call(apiKeyOperations.update, { id: key.id, changes: { name: 'y' } }, CONTEXT),
      () => auth.call(apiKeyOperations.rotate, { id: key.id }, CONTEXT),
      () => auth.call(apiKeyOperations.revoke, { id: key.id }, CONTEXT),
      () => auth.call(usageReportOperations.create, { name: 'Other', group_by: ['key'] }, CONTEXT),
      () => auth.call(usageReportOperations.update, { id: report.id, changes: { days: 3 } }, CONTEXT),
      () => auth.call(usageReportOperations.remove, { id: report.id }, CONTEXT),
    ] as (() => Promise<unknown>)[])
      expect(await refusal(change())).toMatchObject({ code: 'INTERNAL' });
    await expect(rotateSigningKey(auth.config, testLog())).rejects.toThrow('full_up');
    await auth.sql('ALTER TABLE audit_entries DROP CONSTRAINT full_up');
    expect(await stored()).toEqual(before);
  });
});
