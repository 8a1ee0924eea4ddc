import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase, type TestDatabase, Wire } from '@signalbox/testing';
import pg from 'pg';
import { isConnectionFailure } from './errors';
import { endsInSilence } from './silence';

/** So long that a busy machine is not taken for a server that fell silent. */
const WITHIN_MS = 3_000;
const PATIENCE_MS = 60_000;

describe('a server that falls silent', () => {
  let database: TestDatabase;
  let wire: Wire;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    wire = await Wire.to(database.url);
    pool = new pg.Pool({
      connectionString: wire.url,
      max: 1,
      onConnect: (client) => {
        client.on('error', () => undefined);
        endsInSilence(client, WITHIN_MS);
      },
    });
    pool.on('error', () => undefined);
  });
  afterEach(async () => {
    await pool.end();
    await wire.close();
  });

  const pid = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;

  it(
    'has the statement rejected as what failed, and another connection made for the next',
    async () => {
      const first = await pid();
      wire.hold();
      const error = await pool.query('SELECT 1').catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: `Connection terminated: no answer within ${WITHIN_MS} ms` });
      expect(isConnectionFailure(error)).toBe(true);
      wire.mend();
      expect(await pid()).not.toBe(first);
    },
    PATIENCE_MS,
  );

  it(
    'is given up by a transaction too, whose connection nobody is given again',
    async () => {
      const client = await pool.connect();
      await client.query('BEGIN');
      wire.hold();
      await expect(client.query('SELECT 1')).rejects.toThrow('no answer');
      client.release();
      wire.mend();
      await expect(pid()).resolves.toEqual(expect.any(Number));
    },
    PATIENCE_MS,
  );

  it(
    'is not taken for one where nobody has asked it anything, and is found out afterwards',
    async () => {
      const first = await pid();
      await sleep(1.5 * WITHIN_MS);
      expect(await pid()).toBe(first);
      await sleep(1.5 * WITHIN_MS);
      wire.hold();
      await expect(pid()).rejects.toThrow('no answer');
    },
    PATIENCE_MS,
  );
});
