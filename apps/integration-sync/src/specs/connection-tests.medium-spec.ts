import type { ServerResponse } from 'node:http';
import { integrationOperations, type IntegrationInput } from '@signalbox/contracts';
import { startReceiver, testDatabase, until, type Receiver, type Reply } from '@signalbox/testing';
import { Client } from 'pg';
import { startSync, type SyncUnderTest } from './sync-for-spec';

const GOOD: Reply = { status: 200, body: '{"login":"dev"}' };

const at = (base_url: string, more: Partial<IntegrationInput> = {}): IntegrationInput => ({
  name: 'Code',
  type: 'CODE_REPOSITORY',
  configuration: { provider: 'github', base_url },
  credentials: { access_token: 'token' },
  ...more,
});

/** Answers when it is told to. */
async function startHolding(): Promise<Receiver & { held: ServerResponse[]; answer: Reply | null }> {
  const held: ServerResponse[] = [];
  const holding = { held, answer: null as Reply | null };
  const receiver = await startReceiver({
    respond: () => holding.answer ?? ((response) => void held.push(response)),
  });
  return Object.assign(holding, receiver);
}

const release = (response: ServerResponse | undefined, status: number): void => {
  if (response?.writableEnded === false) response.writeHead(status).end('{"login":"dev"}');
};

describe('connection tests', () => {
  let sync: SyncUnderTest;
  let provider: Awaited<ReturnType<typeof startHolding>>;

  beforeAll(async () => {
    sync = await startSync();
    provider = await startHolding();
  }, 60_000);
  afterAll(async () => {
    await provider.close();
    await sync.stop();
    await sync.drop();
  });
  beforeEach(async () => {
    await sync.sql('DELETE FROM integrations');
    provider.answer = GOOD;
  });

  const make = (more: IntegrationInput) => sync.call(integrationOperations.create, more);
  const test = (id: string) => sync.call(integrationOperations.test, { id });
  const status = (id: string) => sync.call(integrationOperations.status, { id });
  const due = async (id: string) => {
    const [row] = await sync.sql<{ due: Date | null }>(
      'SELECT test_due_at AS due FROM integrations WHERE id = $1',
      [id],
    );
    return row?.due;
  };
  const active = (id: string, withinMs = 10_000) =>
    until('it is active', withinMs, async () => (await status(id)).integration.status === 'ACTIVE');
  const allActive = () =>
    until('all are active', 10_000, async () => {
      const rows = await sync.sql(`SELECT FROM integrations WHERE status <> 'ACTIVE'`);
      return rows.length === 0;
    });
  const asked = (count: number) =>
    until(`${count} wait`, 10_000, () => Promise.resolve(provider.held.length === count));
  /** What is asked from now on waits, from the first one on. */
  const hold = () => {
    provider.held.length = 0;
    provider.answer = null;
  };

  it('keep what the one found that began last', async () => {
    const { id } = await make(at(provider.url));
    await active(id);
    hold();
    const older = test(id);
    await asked(1);
    provider.answer = GOOD;
    expect(await test(id)).toMatchObject({ success: true });
    release(provider.held[0], 401);
    expect(await older).toMatchObject({ success: false });
    expect(await status(id)).toMatchObject({ is_connected: true, integration: { status: 'ACTIVE' } });
  });

  it('forget what was found of another provider', async () => {
    const { id } = await make(
      at(provider.url, { name: 'GitHub', configuration: { base_url: provider.url } }),
    );
    await active(id);
    hold();
    const older = test(id);
    await asked(1);
    const changed = await sync.call(integrationOperations.update, { id, changes: { name: 'Gitea' } });
    expect(changed).toMatchObject({ provider: 'gitea', version: 1 });
    await asked(2);
    release(provider.held[0], 401);
    expect(await older).toMatchObject({ success: false });
    expect(await status(id)).toMatchObject({ is_connected: true, integration: { status: 'ACTIVE' } });
    expect(await due(id)).not.toBeNull();
    release(provider.held[1], 403);
    await until('the new one is tested', 10_000, async () => (await due(id)) === null);
    expect(await status(id)).toMatchObject({ is_connected: false, integration: { status: 'ERROR' } });
  });

  it('leave one due that has become so meanwhile', async () => {
    const { id } = await make(at(provider.url));
    await active(id);
    hold();
    const testing = test(id);
    await asked(1);
    await sync.sql(`UPDATE integrations SET test_due_at = now() + interval '1 hour' WHERE id = $1`, [id]);
    release(provider.held[0], 200);
    expect(await testing).toMatchObject({ success: true });
    expect(await due(id)).not.toBeNull();
  });

  it('have places left beside a provider that takes its time', async () => {
    hold();
    for (let n = 0; n < 60; n += 1) await make(at(provider.url));
    await asked(3);
    const healthy = await startReceiver({ respond: () => GOOD });
    for (let n = 0; n < 5; n += 1) await active((await make(at(healthy.url))).id, 5_000);
    expect(provider.held).toHaveLength(3);
    // Without waiting for the others of their round, or for a lease to end.
    release(provider.held[0], 200);
    await asked(4);
    provider.answer = GOOD;
    for (const response of provider.held) release(response, 200);
    await allActive();
    await healthy.close();
  }, 30_000);

  it('are eight at once, and another one as soon as one of them ends', async () => {
    const providers = await Promise.all(Array.from({ length: 10 }, () => startHolding()));
    for (const { url } of providers) await make(at(url));
    const waiting = () => providers.flatMap(({ held }) => held);
    await until('eight wait', 10_000, () => Promise.resolve(waiting().length === 8));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(waiting()).toHaveLength(8);
    release(waiting()[0], 200);
    await until('another one waits', 5_000, () => Promise.resolve(waiting().length === 9));
    for (const one of providers) {
      one.answer = GOOD;
      for (const response of one.held) release(response, 200);
    }
    await allActive();
    await Promise.all(providers.map((one) => one.close()));
  }, 30_000);
});

it('a stop cuts a connection test short, which says nothing about the integration', async () => {
  const created = await testDatabase();
  const provider = await startHolding();
  const database = new Client({ connectionString: created.url });
  await database.connect();
  const stored = async () => {
    const { rows } = await database.query<Record<string, unknown>>(
      'SELECT status, test_connected, test_due_at <= now() AS due FROM integrations.integrations',
    );
    return rows;
  };
  let sync = await startSync({}, created.url);
  try {
    await sync.call(integrationOperations.create, at(provider.url));
    await provider.received(1);
    await sync.stop();
    expect(await stored()).toEqual([{ status: 'PENDING', test_connected: null, due: true }]);
    expect((await database.query('SELECT FROM integrations.event_outbox')).rows).toEqual([]);
    provider.answer = GOOD;
    sync = await startSync({}, created.url);
    await until('it is tested', 10_000, async () => (await stored())[0]?.status === 'ACTIVE');
  } finally {
    await sync.stop();
    await database.end();
    await provider.close();
    await created.drop();
  }
}, 60_000);
