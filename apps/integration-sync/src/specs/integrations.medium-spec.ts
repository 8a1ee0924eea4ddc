import { randomUUID } from 'node:crypto';
import { integrationOperations, type IntegrationInput } from '@signalbox/contracts';
import { startReceiver, until, type Receiver, type Reply } from '@signalbox/testing';
import { startSync, type SyncUnderTest } from './sync-for-spec';

describe('integrations', () => {
  let sync: SyncUnderTest;
  let provider: Receiver;
  let answer: Reply = { status: 200, body: '{}' };

  beforeAll(async () => {
    sync = await startSync();
    provider = await startReceiver({ respond: () => answer });
  }, 60_000);
  afterAll(async () => {
    await provider.close();
    await sync.stop();
    await sync.drop();
  });
  beforeEach(() => {
    answer = { status: 200, body: '{"login":"dev"}' };
  });

  const input = (more: Partial<IntegrationInput> = {}): IntegrationInput => ({
    name: 'Code',
    type: 'CODE_REPOSITORY',
    configuration: { provider: 'github', base_url: provider.url },
    credentials: { access_token: 'token' },
    ...more,
  });
  const make = (more: Partial<IntegrationInput> = {}) => sync.call(integrationOperations.create, input(more));
  const get = (id: string) => sync.call(integrationOperations.get, { id });
  const status = (id: string) => sync.call(integrationOperations.status, { id });
  const tested = (id: string, times = 1) =>
    until('it is tested', 10_000, async () => {
      const { items } = await sync.call(integrationOperations.activities, { id, page: 1, size: 100 });
      return items.filter(({ action }) => action === 'tested').length >= times;
    });
  /** Every row of every table of the service, as text. */
  const stored = async () => {
    const tables = await sync.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'integrations'`,
    );
    const rows = await Promise.all(
      tables.map(({ name }) =>
        sync.sql<{ row: string }>(`SELECT t::text AS row FROM integrations."${name}" t`),
      ),
    );
    return rows.flat().map(({ row }) => row);
  };

  it('shows credentials to nobody: no answer, no log line, no row, no entry of the audit log', async () => {
    const [hidden, renewed, config] = [randomUUID(), randomUUID(), randomUUID()];
    answer = { status: 401, body: `{"message":"Bad credentials: ${hidden}"}` };
    const told = [
      await make({
        credentials: { access_token: hidden, nested: { deep: [hidden] } },
        configuration: { provider: 'github', base_url: provider.url, webhook_secret: config },
      }),
    ] as unknown[];
    const { id } = told[0] as { id: string };
    told.push(
      await sync.call(integrationOperations.test, { id }),
      await sync.call(integrationOperations.update, {
        id,
        changes: { credentials: { access_token: renewed } },
      }),
      await sync.call(integrationOperations.test, { id }),
      await status(id),
      await get(id),
      await sync.call(integrationOperations.list, { page: 1, size: 100 }),
      await sync.call(integrationOperations.versions, { id, page: 1, size: 100 }),
      await sync.call(integrationOperations.activities, { id, page: 1, size: 100 }),
    );
    const broken = await sync
      .call(integrationOperations.update, {
        id,
        changes: { credentials: { access_token: [renewed] as never } },
      })
      .catch((error: unknown) => error);
    told.push(JSON.stringify(broken));
    const rows = await stored();
    expect(rows.length).toBeGreaterThan(4);
    for (const secret of [hidden, renewed]) {
      for (const text of [...told.map((one) => JSON.stringify(one)), ...rows])
        expect(text).not.toContain(secret);
      for (const line of sync.log.lines) expect(JSON.stringify(line)).not.toContain(secret);
    }
    expect(JSON.stringify(told[0])).toContain(config);
    for (const text of [...told.slice(1).map((one) => JSON.stringify(one)), ...rows])
      expect(text).not.toContain(config);
    // Whom they are for got them.
    const sent = provider.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(expect.arrayContaining([`Bearer ${hidden}`, `Bearer ${renewed}`]));
    await sync.call(integrationOperations.remove, { id });
  });

  it('opens the sealed settings of no other version', async () => {
    const { id } = await make();
    await sync.call(integrationOperations.update, {
      id,
      changes: { credentials: { access_token: 'second' } },
    });
    await sync.sql(
      `UPDATE integration_versions v SET data_key = o.data_key, configuration = o.configuration, credentials = o.credentials
         FROM integration_versions o WHERE v.integration_id = $1 AND v.version = 2 AND o.integration_id = $1 AND o.version = 1`,
      [id],
    );
    await expect(get(id)).rejects.toMatchObject({ code: 'INTERNAL' });
    await sync.sql('DELETE FROM integrations WHERE id = $1', [id]);
  });

  it('keeps its status while the provider asks to wait, and asks again', async () => {
    answer = { status: 429, headers: { 'retry-after': '90' }, body: '' };
    const { id } = await make();
    await tested(id);
    expect(await get(id)).toMatchObject({ status: 'PENDING' });
    const [due] = await sync.sql<{ wait: number }>(
      'SELECT extract(epoch FROM test_due_at - tested_at)::float8 AS wait FROM integrations WHERE id = $1',
      [id],
    );
    expect(due?.wait).toBe(90);
    answer = { status: 200, body: '{"login":"dev"}' };
    await sync.sql('UPDATE integrations SET test_due_at = now() WHERE id = $1', [id]);
    await tested(id, 2);
    expect(await get(id)).toMatchObject({ status: 'ACTIVE' });
    expect(await sync.sql('SELECT FROM integrations WHERE test_due_at IS NOT NULL')).toEqual([]);
  });

  it('forgets what was found of settings that are others by now', async () => {
    answer = { status: 200, body: '{"login":"dev"}' };
    const { id } = await make();
    await tested(id);
    let release: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = (response) => {
        resolve();
        release = () => void response.writeHead(401).end();
      };
    });
    const testing = sync.call(integrationOperations.test, { id });
    await asked;
    answer = { status: 200, body: '{"login":"dev"}' };
    await sync.call(integrationOperations.update, { id, changes: { credentials: { access_token: 'good' } } });
    await tested(id, 2);
    release();
    expect(await testing).toMatchObject({ success: false });
    expect(await get(id)).toMatchObject({ status: 'ACTIVE', version: 2 });
    expect(await status(id)).toMatchObject({ is_connected: true, message: null });
  });

  it('tests what a process has taken and not finished, once its minute is over', async () => {
    const { id } = await make();
    await tested(id);
    await sync.sql(
      `UPDATE integrations SET status = 'PENDING', test_due_at = now() + interval '1 second' WHERE id = $1`,
      [id],
    );
    await tested(id, 2);
    expect(await get(id)).toMatchObject({ status: 'ACTIVE' });
  });

  it('tests all of many that are due', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => make()));
    await until('all are tested', 20_000, async () => {
      const rows = await sync.sql(`SELECT FROM integrations WHERE status <> 'ACTIVE'`);
      return rows.length === 0;
    });
    expect(made).toHaveLength(20);
  });

  it('is changed by many at once without losing a version', async () => {
    const { id } = await make();
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        sync.call(integrationOperations.update, {
          id,
          changes: { configuration: { base_url: provider.url, n } },
        }),
      ),
    );
    const { items, total } = await sync.call(integrationOperations.versions, { id, page: 1, size: 100 });
    expect(total).toBe(11);
    expect(items.map(({ version }) => version)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('leaves nothing behind when it is deleted', async () => {
    const { id } = await make();
    await sync.call(integrationOperations.remove, { id });
    for (const table of ['integration_versions', 'integration_activities'])
      expect(await sync.sql(`SELECT FROM ${table} WHERE integration_id = $1`, [id])).toEqual([]);
  });

  it('does not start with another key, says so, and changes nothing', async () => {
    const sealed = () =>
      sync.sql(
        'SELECT v.*, c.sealed FROM integration_versions v, encryption_canary c ORDER BY integration_id, version',
      );
    const before = await sealed();
    expect(before.length).toBeGreaterThan(0);
    await expect(
      startSync({ ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') }, sync.url),
    ).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('Nothing was changed') as unknown,
    });
    expect(await sealed()).toEqual(before);
  });
});
