import { auditOperations, SYSTEM, userOperations } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { testLog, until } from '@signalbox/testing';
import { refusal, RunningAuth } from '../running-auth-for-spec';
import { AuditChainRepository } from './audit-chain.repository';
import { allChained, entry, store } from './audit-for-spec';
import { verifyAuditChain, type ChainReport } from './audit-verify.repository';
import { chainHash, ChainSeal, type ChainedFields } from './chain';

const COLUMNS = [
  'action',
  'reason',
  'actor_kind',
  'actor_id',
  'actor_name',
  'resource_type',
  'resource_id',
  'address',
];
const TAMPERED: readonly (readonly [string, string])[] = [
  ...[...COLUMNS, 'agent', 'surface', 'request_id'].map((column) => [column, `'forged'`] as const),
  ...[...COLUMNS, 'agent', 'surface', 'request_id']
    .filter((c) => c !== 'action')
    .map((c) => [c, 'NULL'] as const),
  ['id', 'gen_random_uuid()'],
  ['time', `time + interval '1 millisecond'`],
  ['outcome', `'refused'`],
  ['before', `'{"name":"b"}'`],
  ['after', 'NULL'],
  ['hash', `sha256('x')`],
  // Not only what it means, but what it says.
  ['before', `'{ "name":"a","n":1}'`],
];

/** Done as by somebody who owns the database. */
async function forged(auth: RunningAuth, statements: readonly string[]): Promise<void> {
  await auth.sql(
    [
      'ALTER TABLE audit_entries DISABLE TRIGGER USER',
      ...statements,
      'ALTER TABLE audit_entries ENABLE TRIGGER USER',
    ].join(';'),
  );
}

describe('the chain of the audit log', () => {
  let auth: RunningAuth;
  const log = testLog();

  beforeEach(async () => {
    auth = await RunningAuth.start();
  }, 60_000);
  afterEach(() => auth.stop());

  const verify = (expected?: { seq: number; hash: string }): Promise<ChainReport> =>
    verifyAuditChain(auth.config, log, expected);
  const forge = (...statements: string[]) => forged(auth, statements);
  const filled = async (count = 10) => {
    await store(
      auth,
      Array.from({ length: count }, (_each, n) => entry({ resource_id: `w-${n}` })),
    );
    return allChained(auth);
  };
  const chain = () =>
    new AuditChainRepository(auth.database, new ChainSeal(auth.config.ENCRYPTION_KEY ?? ''));

  it('is one, without gaps, whatever many replicas do at once', async () => {
    await auth.addReplica();
    await auth.addReplica();
    await Promise.all(
      Array.from({ length: 30 }, (_each, n) =>
        n % 3 === 0
          ? auth.call(
              userOperations.create,
              { username: `u-${n}`, password: 'correct horse', email: '' },
              {},
              n % 2,
            )
          : store(
              auth,
              Array.from({ length: 90 }, () => entry()),
              n % 3,
            ),
      ),
    );
    const total = await allChained(auth);
    expect(total).toBe(1 + 10 + 20 * 90);
    const [places] = await auth.sql<{ first: string; last: string }>(
      'SELECT min(seq) AS first, max(seq) AS last FROM audit_entries',
    );
    expect(places).toEqual({ first: '1', last: String(total) });
    expect(await verify()).toMatchObject({ broken: null, checked: total, floor: 0, waiting: 0 });
  }, 60_000);

  it('holds what happened between two looks', async () => {
    const empty = await verify();
    const total = await filled();
    const { head, broken } = await verify(empty.head);
    expect(broken).toBeNull();
    expect(head).toEqual({ seq: total, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await filled();
    expect(await verify(head)).toMatchObject({ broken: null });
    expect(await verify({ ...head, hash: 'a'.repeat(64) })).toMatchObject({
      broken: expect.stringContaining(`entry ${head.seq} (`),
      checked: head.seq - 1,
    });
  });

  it('takes nothing back: entries are neither changed nor deleted nor put in by hand', async () => {
    await filled();
    for (const statement of [
      `UPDATE audit_entries SET actor_name = 'x' WHERE seq = 3`,
      'UPDATE audit_entries SET seq = NULL, hash = NULL WHERE seq = 3',
      'UPDATE audit_entries SET seq = 1000 WHERE seq = 3',
      'DELETE FROM audit_entries WHERE seq = 3',
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
      `INSERT INTO audit_entries (id, time, action, outcome, seq, hash) VALUES (gen_random_uuid(), now(), 'x', 'done', 77, 'x')`,
    ]) {
      await expect(auth.sql(statement)).rejects.toThrow('append-only');
    }
    const id = newId();
    expect(await verify()).toMatchObject({ broken: null });
    await expect(
      auth.database.transaction(async (client) => {
        await client.query(
          `INSERT INTO audit_entries (id, time, action, outcome) VALUES ($1, now(), 'x', 'done')`,
          [id],
        );
        await client.query(`UPDATE audit_entries SET action = 'y', seq = 500, hash = 'x' WHERE id = $1`, [
          id,
        ]);
      }),
    ).rejects.toThrow('append-only');
  });

  it('shows that an entry was deleted, or two have changed places, or one was put in', async () => {
    const total = await filled();
    await forge('DELETE FROM audit_entries WHERE seq = 4');
    expect(await verify()).toMatchObject({ broken: 'entry 4 is missing', checked: 3 });
    await forge(
      'UPDATE audit_entries SET seq = -seq WHERE seq IN (2, 3)',
      'UPDATE audit_entries SET seq = 5 + seq WHERE seq < 0',
    );
    expect((await verify()).broken).toMatch(/^entry 2 \(/);
    await forge(
      'UPDATE audit_entries SET seq = seq + 1 WHERE false',
      `INSERT INTO audit_entries (id, time, action, outcome, seq, hash) VALUES (gen_random_uuid(), now(), 'x', 'done', ${total + 1}, 'x')`,
    );
    expect((await verify()).broken).not.toBeNull();
  });

  it('shows that its end was cut off', async () => {
    const total = await filled();
    await forge(`DELETE FROM audit_entries WHERE seq > ${total - 3}`);
    expect(await verify()).toMatchObject({ broken: `entry ${total - 2} is missing`, checked: total - 3 });
    await forge('DELETE FROM audit_entries', 'DELETE FROM audit_chain');
    expect(await verify({ seq: total, hash: 'a'.repeat(64) })).toMatchObject({
      broken: `entry 1 is missing: the chain went on to ${total} before`,
    });
  });

  it('shows that the database was put back, to whoever has noted where it was', async () => {
    const before = await filled();
    await auth.sql('CREATE TABLE kept AS SELECT * FROM audit_chain');
    const total = await filled();
    const { head } = await verify();
    await forge(
      `DELETE FROM audit_entries WHERE seq > ${before}`,
      'DELETE FROM audit_chain',
      'INSERT INTO audit_chain SELECT * FROM kept',
    );
    expect(await verify()).toMatchObject({ broken: null });
    expect(await verify(head)).toMatchObject({
      broken: `entry ${before + 1} is missing: the chain went on to ${total} before`,
    });
  });

  it('shows that all of it was made anew by somebody who has not the key, and goes no further', async () => {
    const total = await filled();
    await forge(`UPDATE audit_entries SET actor_name = 'mallory' WHERE seq = 3`);
    const rows = await auth.sql<ChainedFields & { seq: string }>(
      `SELECT *, before::text AS before, after::text AS after FROM audit_entries ORDER BY seq`,
    );
    let hash: Buffer = Buffer.alloc(32);
    const statements = rows.map((row) => {
      hash = chainHash(hash, Number(row.seq), row);
      return `UPDATE audit_entries SET hash = '\\x${hash.toString('hex')}' WHERE seq = ${row.seq}`;
    });
    await forge(...statements, `UPDATE audit_chain SET head_hash = '\\x${hash.toString('hex')}'`);
    expect(await verify()).toMatchObject({ broken: expect.stringContaining('seal'), checked: total });
    await store(auth, [entry()]);
    await until('it is complained of', 10_000, () =>
      auth.log.lines.some((line) => JSON.stringify(line).includes('tampered')),
    );
    expect((await verify()).waiting).toBe(1);
  });

  it('is shorter after its retention, and holds all the same', async () => {
    const old = (days: number) => entry({ time: new Date(Date.now() - days * 86_400_000).toISOString() });
    await allChained(auth);
    await store(
      auth,
      Array.from({ length: 7 }, () => old(400)),
    );
    await allChained(auth);
    await store(auth, [old(10), old(400)]);
    const total = await allChained(auth);
    const { head } = await verify();
    // The administrator of the first start is younger than any of them, and first in the chain.
    expect(await chain().prune(365, 3)).toBe(0);
    await forge(`UPDATE audit_entries SET time = time - interval '500 days' WHERE seq = 1`);
    expect(await chain().prune(365, 3)).toBe(3);
    const floor = await auth.sql<{ hash: string }>(
      `SELECT encode(floor_hash, 'hex') AS hash FROM audit_chain`,
    );
    expect(await chain().prune(365, 100)).toBe(5);
    expect(await chain().prune(365, 100)).toBe(0);
    expect(await verify(head)).toMatchObject({ broken: null, checked: total - 8, floor: 8 });
    expect(await verify({ seq: 3, hash: floor[0]?.hash ?? '' })).toMatchObject({
      broken: 'entry 3 is older than what is kept, so that it cannot be compared',
    });
    await store(auth, [entry()]);
    await allChained(auth);
    expect(await verify(head)).toMatchObject({ broken: null });
    // Pruning that the hub did not do.
    await forge('UPDATE audit_chain SET floor_seq = 9', 'DELETE FROM audit_entries WHERE seq = 9');
    expect((await verify()).broken).not.toBeNull();
  });

  it('takes entries of the hub’s own apps only, each once', async () => {
    const one = entry();
    expect(await store(auth, [one, one])).toBe(1);
    expect(await store(auth, [one])).toBe(0);
    const principal = { ...SYSTEM, kind: 'user', role: 'admin' } as const;
    expect(
      await refusal(auth.call(auditOperations.store, { entries: [entry()] }, { principal })),
    ).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('the chain of the audit log shows', () => {
  let auth: RunningAuth;
  beforeAll(async () => {
    auth = await RunningAuth.start();
    await store(
      auth,
      Array.from({ length: 5 }, () => entry()),
    );
    await allChained(auth);
    await auth.sql('CREATE TABLE kept AS SELECT * FROM audit_entries');
  }, 60_000);
  afterAll(() => auth.stop());
  afterEach(() =>
    forged(auth, ['DELETE FROM audit_entries', 'INSERT INTO audit_entries SELECT * FROM kept']),
  );

  const verify = () => verifyAuditChain(auth.config, testLog(), undefined);

  it('nothing where nothing was done', async () => {
    expect(await verify()).toMatchObject({ broken: null, checked: 6 });
  });

  it.each(TAMPERED)('that %s of an entry was set to %s', async (column, value) => {
    await forged(auth, [`UPDATE audit_entries SET ${column} = ${value} WHERE seq = 3`]);
    expect(await verify()).toMatchObject({ broken: expect.stringMatching(/^entry 3 \(/), checked: 2 });
  });
});
