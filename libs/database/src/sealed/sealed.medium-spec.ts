import { randomBytes } from 'node:crypto';
import { SecretBox } from '@signalbox/security';
import { testConfig, testDatabase, testLog, type TestDatabase } from '@signalbox/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Database } from '../database';
import { migrate } from '../migrate';
import type { ServiceDatabase } from '../service-database';
import { createEncryptionCanary, expectKeysOfHub } from './encryption-canary';
import { resealAll } from './reseal';

class CreateSafe1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createEncryptionCanary('safe'));
    await runner.query(
      `CREATE TABLE safe.things (id text, version integer, sealed text NOT NULL, PRIMARY KEY (id, version))`,
    );
  }
  async down(): Promise<void> {}
}

const rowOf = (id: string, version: number | string) => `things:${id}:${version}`;
const SAFE: ServiceDatabase = {
  schema: 'safe',
  entities: [],
  migrations: [CreateSafe1700000000000],
  byIndex: true,
  sealed: [
    {
      table: 'things',
      key: { id: 'text', version: 'integer' },
      column: 'sealed',
      boundTo: ({ id = '', version = '' }) => rowOf(id, version),
    },
  ],
};

const [OLD, NEW, OTHER] = [1, 2, 3].map(() => randomBytes(32).toString('base64')) as [string, string, string];
const ROWS = 1_234;

describe('what is sealed with the master key', () => {
  let created: TestDatabase;
  let database: Database;
  const old = new SecretBox(OLD);

  const everything = async () =>
    (
      await database.query<{ id: string; version: number; sealed: string }>(
        'SELECT id, version, sealed FROM things ORDER BY id, version',
      )
    ).rows;
  const fill = async (box: SecretBox, ids: readonly string[]) => {
    for (const id of ids)
      await database.query('INSERT INTO things (id, version, sealed) VALUES ($1, 1, $2)', [
        id,
        box.seal(`secret of ${id}`, rowOf(id, 1)),
      ]);
  };
  const texts = (box: SecretBox, rows: Awaited<ReturnType<typeof everything>>) =>
    rows.map(({ id, version, sealed }) => box.open(sealed, rowOf(id, version)));
  const canary = async () =>
    (await database.query<{ sealed: string }>('SELECT sealed FROM encryption_canary')).rows;

  beforeEach(async () => {
    created = await testDatabase();
    const config = testConfig({ DATABASE_URL: created.url });
    await migrate(config, [SAFE], testLog());
    database = await Database.open(SAFE, config, testLog());
  });
  afterEach(async () => {
    await database.close();
    await created.drop();
  });

  it('is known by its canary: another key stops the start, and nothing is changed', async () => {
    await Promise.all([1, 2, 3].map(() => expectKeysOfHub(database, SAFE, old)));
    const [before] = await canary();
    await expect(expectKeysOfHub(database, SAFE, new SecretBox(OTHER))).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('ENCRYPTION_KEY is not the key') as unknown,
    });
    expect(await canary()).toEqual([before]);
    await expectKeysOfHub(database, SAFE, new SecretBox(NEW, [OLD]));
    expect(await canary()).toEqual([before]);
  });

  it('is known by itself where there is no canary yet', async () => {
    await fill(old, ['a']);
    await expect(expectKeysOfHub(database, SAFE, new SecretBox(OTHER))).rejects.toThrow(
      'Nothing was changed',
    );
    expect(await canary()).toEqual([]);
    await expectKeysOfHub(database, SAFE, old);
    expect(await canary()).toHaveLength(1);
  });

  it('is sealed anew, all of it, in batches, and then needs the old key no more', async () => {
    await expectKeysOfHub(database, SAFE, old);
    const ids = Array.from({ length: ROWS }, (_, n) => `it's "n"\\${n}`);
    await fill(old, ids);
    const before = texts(old, await everything());
    const ring = new SecretBox(NEW, [OLD]);
    expect(await resealAll(database, SAFE, ring)).toBe(ROWS + 1);
    const fresh = new SecretBox(NEW);
    expect(texts(fresh, await everything())).toEqual(before);
    await expectKeysOfHub(database, SAFE, fresh);
    expect(await resealAll(database, SAFE, ring)).toBe(0);
  }, 60_000);

  it('goes on where it was interrupted, the canary last', async () => {
    await expectKeysOfHub(database, SAFE, old);
    await fill(old, ['a', 'b']);
    await fill(new SecretBox(OTHER), ['c']);
    const ring = new SecretBox(NEW, [OLD]);
    await expect(resealAll(database, SAFE, ring)).rejects.toMatchObject({ code: 'unknown_key' });
    // Whoever drops the old key too early is told so.
    await expect(expectKeysOfHub(database, SAFE, new SecretBox(NEW))).rejects.toThrow('Nothing was changed');
    const whole = new SecretBox(NEW, [OLD, OTHER]);
    await resealAll(database, SAFE, whole);
    expect(texts(new SecretBox(NEW), await everything())).toEqual([
      'secret of a',
      'secret of b',
      'secret of c',
    ]);
    await expectKeysOfHub(database, SAFE, new SecretBox(NEW));
  });

  it('leaves to others what they change meanwhile', async () => {
    await expectKeysOfHub(database, SAFE, old);
    await fill(old, ['a']);
    const ring = new SecretBox(NEW, [OLD]);
    const changed = ring.seal('changed meanwhile', rowOf('a', 1));
    const meddling = {
      seal: ring.seal.bind(ring),
      open: ring.open.bind(ring),
      currentPrefix: ring.currentPrefix,
      reseal: (sealed: string, boundTo: string) => ring.reseal(sealed, boundTo),
    };
    const query = database.query.bind(database);
    jest.spyOn(database, 'query').mockImplementation(async (statement, values) => {
      if (typeof statement === 'string' && statement.startsWith('UPDATE things'))
        await query('UPDATE things SET sealed = $1', [changed]);
      return query(statement, values) as never;
    });
    await resealAll(database, SAFE, meddling);
    expect(texts(new SecretBox(NEW), await everything())).toEqual(['changed meanwhile']);
  });
});
