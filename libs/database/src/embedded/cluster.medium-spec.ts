import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { PostgresCluster } from './cluster';

/** The keeper and its watcher, so that nobody ends the server. */
function killKeeper(keeper: number): void {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  for (const [pid, parent, command] of processes) {
    if (Number(parent) === keeper && !command?.includes('postgres')) process.kill(Number(pid), 'SIGKILL');
  }
  process.kill(keeper, 'SIGKILL');
}

describe('PostgresCluster', () => {
  const password = 'correct horse';
  let folder: string;
  let cluster: PostgresCluster;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-cluster-'));
    cluster = new PostgresCluster({
      dir: join(folder, 'postgres'),
      password,
      settings: { max_connections: 20 },
    });
    await cluster.start();
  }, 60_000);

  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask<R extends pg.QueryResultRow>(sql: string, url = cluster.url()): Promise<R[]> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<R>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('keeps every durability setting on and takes ours', async () => {
    const rows = await ask<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings
        WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'max_connections', 'listen_addresses')`,
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      max_connections: '20',
      listen_addresses: '127.0.0.1',
    });
  });

  it('refuses a wrong password and leaves none on the disk', async () => {
    const wrong = cluster.url().replace(encodeURIComponent(password), 'wrong');
    await expect(ask('SELECT 1', wrong)).rejects.toMatchObject({ code: '28P01' });
    await expect(stat(join(folder, 'postgres.new.password'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await stat(join(folder, 'postgres'))).mode & 0o777).toBe(0o700);
  });

  it('starts again on the same port with the same data after SIGKILL', async () => {
    await ask(`CREATE TABLE kept AS SELECT 42 AS answer`);
    const url = cluster.url();
    await cluster.kill();
    await expect(ask('SELECT 1')).rejects.toThrow();
    await cluster.start();
    expect(cluster.url()).toBe(url);
    expect(await ask('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('ends a server that a killed process left behind', async () => {
    const [before] = await ask<{ at: string }>('SELECT pg_postmaster_start_time()::text AS at');
    killKeeper((cluster as unknown as { server: { keeper: { pid: number } } }).server.keeper.pid);
    expect(await ask('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);

    const second = new PostgresCluster({ dir: join(folder, 'postgres'), password });
    await second.start();
    const [after] = await ask<{ at: string }>('SELECT pg_postmaster_start_time()::text AS at', second.url());
    expect(after?.at).not.toBe(before?.at);
    expect(await ask('SELECT answer FROM kept', second.url())).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('says what PostgreSQL said when it cannot start', async () => {
    const broken = new PostgresCluster({
      dir: join(folder, 'broken'),
      password,
      settings: { max_connections: 'many' },
    });
    await expect(broken.start()).rejects.toThrow(/invalid value for parameter "max_connections"/);
  });
});
