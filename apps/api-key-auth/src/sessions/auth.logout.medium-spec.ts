import { randomUUID } from 'node:crypto';
import { authOperations, type AccessClaims, type Principal, type TokenPair } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import { ADMIN, HERE, refusal, RunningAuth } from '../running-auth-for-spec';

describe('auth.logout and auth.session', () => {
  let auth: RunningAuth;
  let pair: TokenPair;
  let principal: Principal;
  let session: string;

  const view = (id: string) => auth.call(authOperations.session, { session_id: id });
  const logout = (id: string, as: Principal) =>
    auth.call(authOperations.logout, { session_id: id }, { principal: as });

  beforeAll(async () => {
    auth = await RunningAuth.start();
  }, 60_000);

  afterAll(() => auth.stop());

  beforeEach(async () => {
    const secret = 'test-admin-secret-0123456789';
    const signedIn = await auth.call(authOperations.loginWithSecret, { secret, origin: HERE });
    pair = signedIn;
    const payload = Buffer.from(pair.access.split('.')[1] ?? '', 'base64url').toString();
    session = (JSON.parse(payload) as AccessClaims).sid;
    principal = { ...ADMIN, id: signedIn.user.id, role: 'member', sessionId: session };
  });

  it('ends the session at once: its view, its refresh token; and tells everybody', async () => {
    expect(await view(session)).not.toBeNull();
    await expect(logout(session, principal)).resolves.toEqual({ ended: true });
    expect(await view(session)).toBeNull();
    await expect(
      refusal(auth.call(authOperations.refresh, { refresh: pair.refresh, origin: HERE })),
    ).resolves.toMatchObject({ code: 'UNAUTHENTICATED' });
    await until('the notice arrives', 5_000, () => auth.ended.includes(session));
  });

  it('can be repeated', async () => {
    await logout(session, principal);
    await expect(logout(session, principal)).resolves.toEqual({ ended: true });
  });

  it('lets nobody but an administrator end the session of another', async () => {
    const other = { ...principal, sessionId: randomUUID() };
    await expect(refusal(logout(session, other))).resolves.toEqual({ code: 'FORBIDDEN' });
    expect(await view(session)).not.toBeNull();
    await expect(logout(session, { ...other, role: 'admin' })).resolves.toEqual({ ended: true });
    expect(await view(session)).toBeNull();
  });

  it.each(['', 'x', `' OR true --`, randomUUID()])('knows no session %p', async (id) => {
    expect(await view(id)).toBeNull();
    await expect(logout(id, ADMIN)).resolves.toEqual({ ended: true });
  });

  it('does not tell what it has not ended', async () => {
    await auth.sql('ALTER TABLE sessions RENAME TO hidden');
    try {
      await expect(refusal(logout(session, principal))).resolves.toMatchObject({ code: 'INTERNAL' });
    } finally {
      await auth.sql('ALTER TABLE hidden RENAME TO sessions');
    }
    expect(auth.ended).not.toContain(session);
  });

  it('shows no session that has expired', async () => {
    await auth.sql('UPDATE sessions SET expires_at = now() WHERE id = $1', [session]);
    expect(await view(session)).toBeNull();
  });

  it('shows no session of a user who is inactive, and shows changes of one who is not', async () => {
    await auth.sql('UPDATE users SET is_active = false');
    expect(await view(session)).toBeNull();
    await auth.sql(`UPDATE users SET is_active = true, role = 'viewer', projects = '{p}'`);
    expect((await view(session))?.principal).toMatchObject({ role: 'viewer', projects: ['p'] });
    await auth.sql(`UPDATE users SET role = 'admin'`);
    expect((await view(session))?.principal).toMatchObject({ role: 'admin', projects: null });
  });
});
