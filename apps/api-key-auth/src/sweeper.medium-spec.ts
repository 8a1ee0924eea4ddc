import { Test, type TestingModule } from '@nestjs/testing';
import { authOperations, idempotencyOperations } from '@signalbox/contracts';
import { createTransport } from '@signalbox/rpc';
import { testLog } from '@signalbox/testing';
import { AuthModule } from './auth.module';
import { HERE, RunningAuth } from './running-auth-for-spec';
import { Sweeper } from './sweeper';

describe('Sweeper', () => {
  let auth: RunningAuth;
  let module: TestingModule;
  let sweeper: Sweeper;
  const log = testLog();

  beforeAll(async () => {
    auth = await RunningAuth.start();
    const { config } = auth;
    const transport = await createTransport(config, log);
    module = await Test.createTestingModule({
      imports: [AuthModule.of({ config, transport, log })],
    }).compile();
    sweeper = module.get(Sweeper);
  }, 60_000);

  afterAll(async () => {
    await module.close();
    await auth.stop();
  });

  const fill = async (count: number) => {
    await auth.sql(
      `INSERT INTO sessions (id, user_id, token_id, issued_at, expires_at)
       SELECT gen_random_uuid(), u.id, gen_random_uuid(), now(), now() - n * interval '1 second'
         FROM users u, generate_series(1, $1) n`,
      [count],
    );
    await auth.sql(
      `INSERT INTO idempotency_records (id, scope, key, digest, holder, claimed_at, created_at)
       SELECT gen_random_uuid(), 's', 'old ' || n, 'd', gen_random_uuid(), now(), now() - interval '24 hours' - n * interval '1 second'
         FROM generate_series(1, $1) n`,
      [count],
    );
  };
  const left = async () => ({
    sessions: (await auth.sql('SELECT 1 FROM sessions')).length,
    records: (await auth.sql('SELECT 1 FROM idempotency_records')).length,
  });

  it('removes what has had its time, however much, and nothing else', async () => {
    await auth.call(authOperations.loginWithSecret, { secret: 'test-admin-secret-0123456789', origin: HERE });
    await auth.call(idempotencyOperations.claim, { scope: 's', key: 'k', digest: 'd' });
    await auth.sql(`UPDATE idempotency_records SET created_at = now() - interval '23 hours 59 minutes'`);
    await auth.sql(`UPDATE sessions SET expires_at = now() + interval '1 minute'`);
    await fill(2_500);
    await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    await sweeper.sweep();
    expect(await left()).toEqual({ sessions: 1, records: 1 });
  });

  it('forgets failed sign-ins after a day, and signing keys of which no token can be left', async () => {
    await auth.sql(
      `INSERT INTO sign_in_failures (key, failures, last_at, wait_until)
       SELECT n || ' h', 9, now() - n * interval '1 hour', now() FROM generate_series(1, 30) n`,
    );
    await auth.sql(
      `INSERT INTO signing_keys (id, algorithm, sealed, created_at)
       SELECT n || ' d', 'HS256', 'x', now() - n * interval '1 day' FROM unnest(ARRAY[1, 29, 40, 60]) n`,
    );
    await sweeper.sweep();
    expect(await auth.sql('SELECT key FROM sign_in_failures')).toHaveLength(23);
    // The one of 40 days ago signed until 29 days ago.
    expect(await auth.sql('SELECT id FROM signing_keys ORDER BY created_at')).toEqual([
      { id: '40 d' },
      { id: '29 d' },
      { id: '1 d' },
    ]);
    await auth.sql('DELETE FROM signing_keys');
  });

  it('goes on where one kind fails, and says so', async () => {
    await fill(3);
    await auth.sql('ALTER TABLE sessions RENAME TO hidden');
    await sweeper.sweep();
    await auth.sql('ALTER TABLE hidden RENAME TO sessions');
    expect(await left()).toEqual({ sessions: 4, records: 1 });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ msg: 'Sweeping failed', what: 'expired sessions' }),
    );
    await sweeper.sweep();
    expect(await left()).toEqual({ sessions: 1, records: 1 });
  });

  it('takes no further batch once it must stop', async () => {
    await fill(1_500);
    await sweeper.beforeApplicationShutdown();
    await sweeper.sweep();
    expect(await left()).toEqual({ sessions: 1_501, records: 1_501 });
  });
});
