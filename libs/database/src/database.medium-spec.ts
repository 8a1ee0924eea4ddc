import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type KillableServer,
  startPostgres,
  testConfig,
  testDatabase,
  type TestDatabase,
  testLog,
  until,
} from '@signalbox/testing';
import {
  Column,
  Entity,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
  type Repository,
} from 'typeorm';
import { Database } from './database';
import { DatabaseModule } from './database.module';
import { expectSchemaMatches } from './expect-schema-matches';
import { createUuidV7Function, newId } from './ids';
import { migrate, MigrationError } from './migrate';
import type { ServiceDatabase } from './service-database';

@Entity({ name: 'notes' })
class Note {
  @PrimaryColumn({ type: 'uuid', default: () => 'uuidv7()' })
  id!: string;

  @Column({ type: 'text' })
  text!: string;
}

class CreateNotes1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createUuidV7Function('notebook'));
    await runner.query('CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT uuidv7(), text text NOT NULL)');
  }
  async down(): Promise<void> {}
}

class Break1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half_done ()');
    await runner.query('SELECT * FROM not_there');
  }
  async down(): Promise<void> {}
}

const NOTEBOOK: ServiceDatabase = {
  schema: 'notebook',
  entities: [Note],
  migrations: [CreateNotes1700000000000],
};
const log = testLog();
const UNAVAILABLE = { code: 'DATABASE_UNAVAILABLE' };

describe('on a shared server', () => {
  let test: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    test = await testDatabase();
    const config = testConfig({ DATABASE_URL: test.url, DATABASE_POOL_SIZE: '2' });
    await Promise.all([migrate(config, [NOTEBOOK], log), migrate(config, [NOTEBOOK], log)]);
    database = await Database.open(NOTEBOOK, config, log);
  }, 30_000);

  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  it('migrates once when two processes start together, and the entities agree', async () => {
    const { rows } = await database.query<{ name: string }>('SELECT name FROM notebook.migrations');
    expect(rows).toEqual([{ name: 'CreateNotes1700000000000' }]);
    await expectSchemaMatches(database.dataSource);
  });

  it('notices a schema that differs from the entities', async () => {
    await database.query('ALTER TABLE notes ADD COLUMN forgotten int');
    await expect(expectSchemaMatches(database.dataSource)).rejects.toThrow(/DROP COLUMN "forgotten"/);
    await database.query('ALTER TABLE notes DROP COLUMN forgotten');
  });

  it('names the migration that failed and keeps nothing of it', async () => {
    const broken = { ...NOTEBOOK, migrations: [...NOTEBOOK.migrations, Break1700000000001] };
    const migrating = migrate(testConfig({ DATABASE_URL: test.url }), [broken], log);
    await expect(migrating).rejects.toThrow(MigrationError);
    await expect(migrating).rejects.toThrow(/Break1700000000001 of schema "notebook".*not_there/);
    const { rows } = await database.query(`SELECT to_regclass('notebook.half_done') AS half_done`);
    expect(rows).toEqual([{ half_done: null }]);
  });

  it('makes version 7 ids that carry the time, on the server and here', async () => {
    const before = Date.now();
    const { rows } = await database.query<{ id: string }>(
      'SELECT notebook.uuidv7() AS id FROM generate_series(1, 100)',
    );
    for (const id of [...rows.map((row) => row.id), newId()]) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const at = parseInt(id.replaceAll('-', '').slice(0, 12), 16);
      expect(at).toBeGreaterThanOrEqual(before - 1);
      expect(at).toBeLessThanOrEqual(Date.now() + 1);
    }
    expect(new Set(rows.map((row) => row.id)).size).toBe(100);
    const ids = Array.from({ length: 1000 }, newId);
    expect(ids).toEqual([...ids].sort());
  });

  it('commits what resolves, rolls back what rejects, and throws the error as it was', async () => {
    const kept = newId();
    await database.transaction((client) => client.query(`INSERT INTO notes VALUES ($1, 'kept')`, [kept]));
    const mistake = new Error('mine');
    await expect(
      database.transaction(async (client) => {
        await client.query(`INSERT INTO notes VALUES ($1, 'dropped')`, [newId()]);
        throw mistake;
      }),
    ).rejects.toBe(mistake);
    const duplicate = database.transaction((client) =>
      client.query(`INSERT INTO notes VALUES ($1, 'twice')`, [kept]),
    );
    await expect(duplicate).rejects.toMatchObject({ code: '23505' });
    expect((await database.query('SELECT text FROM notes')).rows).toEqual([{ text: 'kept' }]);
    expect(database.pool.totalCount).toBe(database.pool.idleCount);
  });

  it('gives up waiting for a connection when all are taken', async () => {
    const taken = await Promise.all([database.pool.connect(), database.pool.connect()]);
    await expect(database.ping()).rejects.toMatchObject(UNAVAILABLE);
    await expect(database.transaction(() => Promise.resolve())).rejects.toMatchObject(UNAVAILABLE);
    for (const client of taken) client.release();
    await database.ping();
  }, 20_000);

  it('reads that may lag go to the replicas in turn, and to the primary when they fail', async () => {
    const replicas = await Promise.all([testDatabase(), testDatabase()]);
    const reader = await Database.open(
      NOTEBOOK,
      testConfig({ DATABASE_URL: test.url, DATABASE_REPLICA_URLS: replicas.map(({ url }) => url).join(',') }),
      log,
    );
    const ask = async () =>
      (await reader.lagging.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name;
    const nameOf = ({ url }: { url: string }) => new URL(url).pathname.slice(1);

    expect([await ask(), await ask(), await ask()]).toEqual([
      nameOf(replicas[0]),
      nameOf(replicas[1]),
      nameOf(replicas[0]),
    ]);
    // A replica that lags behind a migration does not have the table.
    expect((await reader.lagging.query('SELECT count(*)::int AS n FROM notes')).rows).toEqual([{ n: 1 }]);
    await replicas[1].drop();
    await until('only the first replica is asked', 5_000, async () => {
      const names = new Set([await ask(), await ask()]);
      return names.size === 1 && names.has(nameOf(replicas[0]));
    });
    await replicas[0].drop();
    await until('the primary is asked', 5_000, async () => (await ask()) === nameOf(test));
    await expect(reader.lagging.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' });
    await reader.close();
  }, 20_000);

  it('ends a read that takes too long where it was asked to, wherever it runs, and nothing else afterwards', async () => {
    const replica = await testDatabase();
    const reader = await Database.open(
      NOTEBOOK,
      testConfig({ DATABASE_URL: test.url, DATABASE_REPLICA_URLS: replica.url, DATABASE_POOL_SIZE: '1' }),
      log,
    );
    const timeout = `SELECT current_setting('statement_timeout') AS now`;
    try {
      for (const one of [database, reader]) {
        const bounded = one.laggingWithin(500);
        const usual = async () => expect((await one.lagging.query(timeout)).rows).toEqual([{ now: '15s' }]);
        expect((await bounded.query(timeout)).rows).toEqual([{ now: '500ms' }]);
        await usual();
        await expect(bounded.query('SELECT pg_sleep(20)')).rejects.toMatchObject(UNAVAILABLE);
        await usual();
        await expect(bounded.query('SELECT nothing')).rejects.toMatchObject({ code: '42703' });
        await usual();
      }
      // The primary was not asked for what took the replica too long, and the replica is asked for the next.
      const { rows } = await reader.laggingWithin(500).query('SELECT current_database() AS name');
      expect(rows).toEqual([{ name: new URL(replica.url).pathname.slice(1) }]);
    } finally {
      await reader.close();
      await replica.drop();
    }
  }, 20_000);

  it('is not there for whom it has no room', async () => {
    const sorted = database.transaction(async (client) => {
      await client.query(`SET LOCAL work_mem = '64kB'; SET LOCAL temp_file_limit = '64kB'`);
      await client.query('SELECT * FROM generate_series(1, 100000) AS n ORDER BY n DESC');
    });
    await expect(sorted).rejects.toMatchObject({ ...UNAVAILABLE, cause: { code: '53400' } });
    await database.ping();
  });

  it('injects repositories of a service, the pool shared with raw SQL', async () => {
    @Injectable()
    class Notes {
      constructor(
        @InjectRepository(Note) readonly notes: Repository<Note>,
        readonly database: Database,
      ) {}
    }
    @Module({ providers: [Notes], exports: [Notes] })
    class Feature {}
    const config = testConfig({ DATABASE_URL: test.url });
    const app = await Test.createTestingModule({
      imports: [DatabaseModule.forService(NOTEBOOK, config, log), Feature],
    }).compile();
    app.enableShutdownHooks();
    const { notes, database: injected } = app.get(Notes);
    const id = newId();
    await notes.insert({ id, text: 'through the repository' });
    expect((await injected.query('SELECT text FROM notes WHERE id = $1', [id])).rows).toEqual([
      { text: 'through the repository' },
    ]);
    await app.close();
    expect(injected.dataSource.isInitialized).toBe(false);
    await expect(injected.ping()).rejects.toMatchObject(UNAVAILABLE);
  });
});

describe('when the server is killed', () => {
  let server: KillableServer;
  let database: Database;

  beforeAll(async () => {
    server = await startPostgres();
    const config = testConfig({ DATABASE_URL: server.url });
    await migrate(config, [NOTEBOOK], log);
    database = await Database.open(NOTEBOOK, config, log);
  }, 30_000);

  afterAll(async () => {
    await database.close();
    await server.stop();
  });

  it('says DATABASE_UNAVAILABLE whoever is in the middle of what, and heals when it is back', async () => {
    const held = await database.pool.connect();
    const running = database.query('SELECT pg_sleep(60)');
    const between = database.transaction(async (client) => {
      await client.query(`INSERT INTO notes (text) VALUES ('never committed')`);
      await server.kill();
      await client.query('SELECT 1');
    });
    await expect(running).rejects.toMatchObject(UNAVAILABLE);
    await expect(between).rejects.toMatchObject(UNAVAILABLE);
    held.release();
    await expect(database.ping()).rejects.toMatchObject(UNAVAILABLE);
    await expect(database.lagging.query('SELECT 1')).rejects.toMatchObject(UNAVAILABLE);

    await server.restart();
    await database.ping();
    expect((await database.query('SELECT * FROM notes')).rows).toEqual([]);
    expect(await database.dataSource.getRepository(Note).count()).toBe(0);
  }, 30_000);

  it('starting waits for a server that is not up yet', async () => {
    await server.kill();
    const config = testConfig({ DATABASE_URL: server.url });
    const starting = migrate(config, [NOTEBOOK], log).then(() => Database.open(NOTEBOOK, config, log));
    await until('it has tried', 10_000, () =>
      log.lines.some(({ msg }) => String(msg).includes('not up yet')),
    );
    await server.restart();
    const opened = await starting;
    await opened.ping();
    await opened.close();
  }, 30_000);

  it('starting fails at once when the server refuses the password, and does not tell it', async () => {
    const url = server.url.replace(':test@', ':wrong-password@');
    const opening = Database.open(NOTEBOOK, testConfig({ DATABASE_URL: url }), log);
    await expect(opening).rejects.toMatchObject({ code: '28P01' });
    expect(JSON.stringify(log.lines)).not.toContain('wrong-password');
  });
});
