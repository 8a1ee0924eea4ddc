import { setTimeout as sleep } from 'node:timers/promises';
import { authOperations, type ClientOrigin, type TokenPair, type UserView } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import { ELSEWHERE, HERE, refusal, RunningAuth } from '../running-auth-for-spec';

const REFUSED = { code: 'UNAUTHENTICATED', messageKey: 'refresh_token_invalid' };

function sessionOf({ access }: TokenPair): string {
  return (JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
}

describe('auth.refresh', () => {
  let auth: RunningAuth;
  let first: TokenPair & { user: UserView };
  let session: string;

  const refresh = ({ refresh: token }: { refresh: string }, origin: ClientOrigin = HERE, replica = 0) =>
    auth.call(authOperations.refresh, { refresh: token, origin }, {}, replica);
  const live = async () => (await auth.call(authOperations.session, { session_id: session })) !== null;
  const later = (seconds: number) =>
    auth.sql(`UPDATE sessions SET issued_at = issued_at - $2 * interval '1 second' WHERE id = $1`, [
      session,
      seconds,
    ]);

  beforeAll(async () => {
    auth = await RunningAuth.start();
    await auth.addReplica();
  }, 60_000);

  afterAll(() => auth.stop());

  beforeEach(async () => {
    const secret = 'test-admin-secret-0123456789';
    first = await auth.call(authOperations.loginWithSecret, { secret, origin: HERE });
    session = sessionOf(first);
  });

  const expectRevoked = async (...tokens: { refresh: string }[]) => {
    expect(await live()).toBe(false);
    for (const token of tokens) await expect(refusal(refresh(token))).resolves.toEqual(REFUSED);
    await until('the notice arrives', 5_000, () => auth.ended.includes(session));
  };

  it('answers a new pair of the same session, from wherever the client is now', async () => {
    const second = await refresh(first, ELSEWHERE);
    expect(Object.keys(second).sort()).toEqual(['access', 'expires_in', 'refresh']);
    expect(second.access).not.toBe(first.access);
    expect(second.refresh).not.toBe(first.refresh);
    expect(sessionOf(second)).toBe(session);
    const third = await refresh(second);
    expect(third.refresh).not.toBe(second.refresh);
    expect(await live()).toBe(true);
  });

  it('lets a session that is used go on', async () => {
    await auth.sql(`UPDATE sessions SET expires_at = now() + interval '1 minute' WHERE id = $1`, [session]);
    await refresh(first);
    const [row] = await auth.sql<{ days: number }>(
      `SELECT extract(epoch FROM expires_at - now())::float8 / 86400 AS days FROM sessions WHERE id = $1`,
      [session],
    );
    expect(row?.days).toBeCloseTo(30, 2);
  });

  it('answers the same pair again to the same client, by every replica', async () => {
    const second = await refresh(first);
    await later(2);
    const [again, byOther] = [await refresh(first), await refresh(first, HERE, 1)];
    // What `later` moved is when the pair was made: but for that it is the same.
    expect(again).toEqual(byOther);
    await later(-2);
    expect(await refresh(first)).toEqual(second);
    expect(await live()).toBe(true);
  });

  it('keeps to itself that nothing has been kept: no token is in the database', async () => {
    const second = await refresh(first);
    const rows = JSON.stringify(await auth.sql('SELECT * FROM sessions'));
    for (const token of [first.access, first.refresh, second.access, second.refresh]) {
      expect(rows).not.toContain(token);
      expect(rows).not.toContain(token.split('.')[2]);
    }
    expect(rows).not.toContain(HERE.address);
  });

  it('revokes the family when the spent token comes too late', async () => {
    const second = await refresh(first);
    await later(6);
    await expect(refusal(refresh(first))).resolves.toEqual(REFUSED);
    await expectRevoked(second);
  });

  it.each([
    ['another address', { ...HERE, address: ELSEWHERE.address }],
    ['another agent', { ...HERE, agent: 'Mozilla/5.0' }],
    ['an origin that only reads the same', { address: `${HERE.address}${HERE.agent}`, agent: '' }],
  ])('revokes the family when the spent token comes from %s', async (_what, origin) => {
    const second = await refresh(first);
    await expect(refusal(refresh(first, origin))).resolves.toEqual(REFUSED);
    await expectRevoked(second);
  });

  it('revokes the family when an older token comes, however soon', async () => {
    const second = await refresh(first);
    const third = await refresh(second);
    await expect(refusal(refresh(first))).resolves.toEqual(REFUSED);
    await expectRevoked(third);
  });

  it('leaves the other sessions of the user alone', async () => {
    const secret = 'test-admin-secret-0123456789';
    const other = await auth.call(authOperations.loginWithSecret, { secret, origin: ELSEWHERE });
    await refresh(first);
    await refusal(refresh(first, ELSEWHERE));
    expect(await live()).toBe(false);
    await expect(refresh(other)).resolves.toBeDefined();
  });

  it('ends when the session has expired', async () => {
    await auth.sql('UPDATE sessions SET expires_at = now() WHERE id = $1', [session]);
    await expect(refusal(refresh(first))).resolves.toEqual(REFUSED);
  });

  it('ends when the user has been deactivated', async () => {
    await auth.sql('UPDATE users SET is_active = false');
    try {
      await expect(refusal(refresh(first))).resolves.toEqual(REFUSED);
    } finally {
      await auth.sql('UPDATE users SET is_active = true');
    }
    await expectRevoked(first);
  });

  it('is not impressed by what is no refresh token', async () => {
    for (const token of [
      '',
      'x',
      first.access,
      `${first.refresh}x`,
      first.refresh.slice(0, -2),
      'e'.repeat(200_000),
    ])
      await expect(refusal(refresh({ refresh: token }))).resolves.toEqual(REFUSED);
    expect(await live()).toBe(true);
    await expect(refresh(first)).resolves.toBeDefined();
  });

  describe('several times at once', () => {
    /** Lets `calls` begin and meet at the row before any of them can go on. */
    const together = async <T>(calls: (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> => {
      const holder = await auth.database.pool.connect();
      try {
        await holder.query('BEGIN');
        await holder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [session]);
        const running = Promise.allSettled(calls.map((call) => call()));
        await until('all of them wait', 5_000, async () => {
          const [row] = await auth.sql<{ waiting: number }>(
            `SELECT count(*)::integer AS waiting FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          return row?.waiting === calls.length;
        });
        await sleep(20);
        await holder.query('COMMIT');
        return await running;
      } finally {
        holder.release();
      }
    };

    it('gives one client one pair', async () => {
      const results = await together([0, 1, 0, 1].map((replica) => () => refresh(first, HERE, replica)));
      const [pair, ...others] = results.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value] : [],
      );
      expect(others).toEqual([pair, pair, pair]);
      await expect(refresh(pair ?? first)).resolves.toBeDefined();
    });

    it('revokes the family when the clients differ', async () => {
      const results = await together([() => refresh(first, HERE, 0), () => refresh(first, ELSEWHERE, 1)]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const winner = results.find((result) => result.status === 'fulfilled');
      await expectRevoked(winner?.value ?? first);
    });
  });
});
