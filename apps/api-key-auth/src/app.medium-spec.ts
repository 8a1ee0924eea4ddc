import { authOperations, idempotencyOperations } from '@signalbox/contracts';
import { migrate } from '@signalbox/database';
import { createTransport, type RunningApp, type Transport } from '@signalbox/rpc';
import {
  startPostgres,
  testConfig,
  testDatabase,
  testLog,
  until,
  type KillableServer,
} from '@signalbox/testing';
import pg from 'pg';
import { startApiKeyAuth } from './app';
import { authDatabase } from './database';
import { HERE, refusal } from './running-auth-for-spec';

const SECRET = 'test-admin-secret-0123456789';

describe('startApiKeyAuth', () => {
  let server: KillableServer;
  let transport: Transport;
  let app: RunningApp;
  const log = testLog();

  const login = (password = 'test-admin-password') =>
    transport.client.call(authOperations.login, { username: 'admin', password, origin: HERE });
  const probe = () => app.checks.find(({ name }) => name === 'database')?.probe();

  beforeAll(async () => {
    server = await startPostgres();
    const config = testConfig({ DATABASE_URL: server.url, SHUTDOWN_SECONDS: '10' });
    await migrate(config, [authDatabase], log);
    transport = await createTransport(config, log);
    app = await startApiKeyAuth({ config, transport, log });
  }, 60_000);

  afterAll(async () => {
    await transport.close(1_000);
    await server.stop();
  });

  it('fails while the database is down, says so, and serves again when it is back', async () => {
    await expect(probe()).resolves.toBeUndefined();
    const { refresh } = await login();
    await server.kill();
    const down = await until('the server’s last processes are gone', 5_000, () => failure(probe()));
    expect(down).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(refusal(login())).resolves.toEqual({ code: 'DATABASE_UNAVAILABLE' });
    for (const call of [
      transport.client.call(authOperations.loginWithSecret, { secret: SECRET, origin: HERE }),
      transport.client.call(authOperations.refresh, { refresh, origin: HERE }),
      transport.client.call(authOperations.session, { session_id: '01985c5e-0000-7000-8000-000000000000' }),
      transport.client.call(idempotencyOperations.claim, { scope: 's', key: 'k', digest: 'd' }),
    ])
      await expect(refusal(call)).resolves.toEqual({ code: 'DATABASE_UNAVAILABLE' });
    await server.restart();
    await until('the database answers', 10_000, async () => (await failure(probe())) === null);
    await expect(
      transport.client.call(authOperations.refresh, { refresh, origin: HERE }),
    ).resolves.toHaveProperty('access');
  }, 60_000);

  it('finishes what is under way when it closes, and takes nothing more', async () => {
    const underWay = Array.from({ length: 10 }, () => login());
    const closing = app.close();
    await expect(Promise.all(underWay)).resolves.toHaveLength(10);
    await closing;
    await expect(refusal(login())).resolves.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  }, 60_000);

  it('does not start on a database without its schema, and keeps no connection to it', async () => {
    const empty = await testDatabase();
    const config = testConfig({ DATABASE_URL: empty.url });
    const ownTransport = await createTransport(config, log);
    await expect(startApiKeyAuth({ config, transport: ownTransport, log })).rejects.toThrow(/does not exist/);
    await ownTransport.close(1_000);
    await until('its connections are gone', 5_000, async () => (await connectionsTo(empty.url)) === 0);
    await empty.drop();
  }, 60_000);
});

/** Asked from next door: the question itself must not count. */
async function connectionsTo(url: string): Promise<number> {
  const database = new URL(url).pathname.slice(1);
  const client = new pg.Client({ connectionString: url.replace(database, 'postgres') });
  await client.connect();
  const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [database]);
  await client.end();
  return rowCount ?? -1;
}

async function failure(work: Promise<unknown> | undefined): Promise<unknown> {
  try {
    await work;
    return null;
  } catch (error) {
    return error;
  }
}
