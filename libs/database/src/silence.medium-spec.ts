import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase, type TestDatabase } from '@signalbox/testing';
import pg from 'pg';
import { isConnectionFailure } from './errors';
import { endsInSilence } from './silence';

const WITHIN_MS = 300;

/** A network that can lose everything without telling anybody. */
class Wire {
  private readonly pairs = new Set<[Socket, Socket]>();
  private lost = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(databaseUrl: string): Promise<Wire> {
    const [there, here] = [new URL(databaseUrl), new URL(databaseUrl)];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    here.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const wire = new Wire(server, here.href);
    server.on('connection', (near) => wire.join(near, connect(Number(there.port), there.hostname)));
    return wire;
  }

  lose(): void {
    this.lost = true;
  }

  mend(): void {
    this.lost = false;
  }

  close(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.server.close();
  }

  private join(near: Socket, far: Socket): void {
    this.pairs.add([near, far]);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined);
      from.on('data', (bytes) => this.lost || to.write(bytes));
      from.on('close', () => to.destroy());
    }
  }
}

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
    wire.close();
  });

  const pid = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;

  it('has the statement rejected as what failed, and another connection made for the next', async () => {
    const first = await pid();
    wire.lose();
    const error = await pool.query('SELECT 1').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'Connection terminated: no answer within 300 ms' });
    expect(isConnectionFailure(error)).toBe(true);
    wire.mend();
    expect(await pid()).not.toBe(first);
  });

  it('is given up by a transaction too, whose connection nobody is given again', async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    wire.lose();
    await expect(client.query('SELECT 1')).rejects.toThrow('no answer');
    client.release();
    wire.mend();
    await expect(pid()).resolves.toEqual(expect.any(Number));
  });

  it('is not taken for one where nobody has asked it anything, and is found out afterwards', async () => {
    const first = await pid();
    await sleep(3 * WITHIN_MS);
    expect(await pid()).toBe(first);
    await sleep(3 * WITHIN_MS);
    wire.lose();
    await expect(pid()).rejects.toThrow('no answer');
  });
});
