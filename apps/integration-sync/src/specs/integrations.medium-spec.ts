import { randomUUID } from 'node:crypto';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import {
  type CallContext,
  DomainError,
  eventOperations,
  type IntegrationChanges,
  integrationOperations,
  type IntegrationInput,
  type PublishInput,
} from '@signalbox/contracts';
import { metricsText } from '@signalbox/observability';
import { Handles } from '@signalbox/rpc';
import { MASK } from '@signalbox/security';
import { startReceiver, until, type Receiver, type Reply } from '@signalbox/testing';
import { startSync, type SyncUnderTest } from './sync-for-spec';

interface Published {
  readonly id: string;
  readonly type: string;
  readonly projectId: string | null | undefined;
  readonly audience: readonly string[] | null;
  readonly data: Readonly<Record<string, unknown>>;
}
const published: Published[] = [];

/** Takes what goes out, and does not say so of the first: whoever published it does not know. */
@Controller()
class FakeDispatcherController {
  @Handles(eventOperations.publish)
  publish(
    { event_type, project_id, data }: PublishInput,
    { principal, idempotencyId: id = '' }: CallContext,
  ) {
    const event = JSON.parse(data) as Published['data'];
    published.push({
      id,
      type: event_type,
      projectId: project_id,
      audience: principal.projects,
      data: event,
    });
    if (published.length === 1) throw new DomainError({ code: 'SERVICE_UNAVAILABLE' });
    return Promise.resolve({ event_id: id, event_type, deliveries: 0 });
  }
}

@Module({ controllers: [FakeDispatcherController] })
class FakeDispatcher {}

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
    // From the answer, while `tested_at` is from the beginning.
    expect(due?.wait).toBeGreaterThanOrEqual(90);
    expect(due?.wait).toBeLessThan(100);
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

  it('sends credentials nowhere but where whoever gave them knew', async () => {
    const { id } = await make();
    const elsewhere = await startReceiver({ respond: () => ({ status: 200, body: '{}' }) });
    const configuration = { provider: 'github', base_url: elsewhere.url };
    const change = (changes: IntegrationChanges) => sync.call(integrationOperations.update, { id, changes });
    const refused = { code: 'VALIDATION_FAILED', data: { fields: [{ field: 'credentials' }] } };
    await expect(change({ configuration })).rejects.toMatchObject(refused);
    await expect(
      change({ configuration: { provider: 'github', api_url: elsewhere.url } }),
    ).rejects.toMatchObject(refused);
    await expect(change({ configuration, credentials: { access_token: MASK } })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      data: { fields: [{ field: 'credentials.access_token', key: 'masked' }] },
    });
    expect((await get(id)).configuration).toEqual({ provider: 'github', base_url: provider.url });
    // Another path there, the provider's own address, and an address of which the credentials are given, are no others.
    await change({ configuration: { provider: 'github', base_url: `${provider.url}/api` } });
    await change({ configuration, credentials: { access_token: 'of elsewhere' } });
    await until('elsewhere is asked', 10_000, () => Promise.resolve(elsewhere.requests.length > 0));
    for (const { headers } of elsewhere.requests) expect(headers.authorization).toBe('Bearer of elsewhere');
    await change({ configuration: { provider: 'github' } });
    await sync.call(integrationOperations.remove, { id });
    await elsewhere.close();
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

  it('keeps the newest hundred versions', async () => {
    const { id } = await make();
    const other = await make();
    // As if it had been changed often before: below the one in force, which is sealed under its number.
    await sync.sql(
      `INSERT INTO integration_versions (integration_id, version, data_key, configuration, credentials, created_by)
         SELECT integration_id, n, data_key, configuration, credentials, created_by
         FROM integration_versions, generate_series(-150, 0) n WHERE integration_id IN ($1, $2)`,
      [id, other.id],
    );
    await sync.call(integrationOperations.update, { id, changes: { credentials: { access_token: 'new' } } });
    const kept = await sync.sql<{ id: string; lowest: number; highest: number; n: number }>(
      `SELECT integration_id AS id, min(version) AS lowest, max(version) AS highest, count(*)::integer AS n
         FROM integration_versions WHERE integration_id IN ($1, $2) GROUP BY 1 ORDER BY 1`,
      [id, other.id],
    );
    expect(kept).toEqual([
      { id, lowest: -97, highest: 2, n: 100 },
      { id: other.id, lowest: -150, highest: 1, n: 152 },
    ]);
    for (const made of [id, other.id]) await sync.call(integrationOperations.remove, { id: made });
  });

  it('tells how many there are, and how tests went', async () => {
    const { id } = await make({ type: 'CRM' });
    await tested(id);
    await sync.call(integrationOperations.update, { id, changes: { status: 'INACTIVE' } });
    answer = 500;
    await sync.call(integrationOperations.test, { id });
    const figure = async (line: string) =>
      Number(new RegExp(`^${line} (\\d+)$`, 'm').exec((await metricsText()).body)?.[1] ?? NaN);
    const [inactive] = await sync.sql<{ n: number }>(
      `SELECT count(*)::integer AS n FROM integrations WHERE status = 'INACTIVE'`,
    );
    await until(
      'they are counted',
      15_000,
      async () =>
        (await figure('integrations_by_type{type="CRM"}')) === 1 &&
        (await figure('integrations_by_status{status="INACTIVE"}')) === inactive?.n,
    );
    expect(await figure('integrations_by_type{type="SPREADSHEET"}')).toBe(0);
    expect(await figure('integration_connection_tests{result="success"}')).toBeGreaterThan(0);
    expect(await figure('integration_connection_tests{result="failure"}')).toBeGreaterThan(0);
    expect(await sync.call(integrationOperations.health, {})).toEqual({
      integrations_active: expect.any(Number) as unknown,
    });
  });

  it('publishes each change of a status as one event, in order, once somebody takes it', async () => {
    await sync.sql('DELETE FROM event_outbox');
    const [hidden, project_id] = [randomUUID(), randomUUID()];
    const { id } = await make({ project_id, credentials: { access_token: hidden } });
    await tested(id);
    await sync.call(integrationOperations.update, { id, changes: { status: 'INACTIVE' } });
    await sync.call(integrationOperations.update, { id, changes: { status: 'INACTIVE', name: 'Other' } });
    answer = { status: 401, body: '{}' };
    await sync.call(integrationOperations.update, { id, changes: { status: 'ACTIVE' } });
    await sync.call(integrationOperations.test, { id });
    const outside = await make();
    await tested(outside.id);

    const dispatcher = await NestFactory.createMicroservice<MicroserviceOptions>(FakeDispatcher, {
      strategy: sync.transport.server('webhook-dispatcher'),
      logger: false,
    });
    await dispatcher.listen();
    try {
      await until(
        'all are published',
        30_000,
        async () => (await sync.sql('SELECT FROM event_outbox')).length === 0,
      );
    } finally {
      await dispatcher.close();
    }
    const once = [...new Map(published.map((one) => [one.id, one])).values()];
    expect(published).toHaveLength(once.length + 1);
    expect(once.map(({ data }) => [data.integration_id, data.previous_status, data.status])).toEqual([
      [id, 'PENDING', 'ACTIVE'],
      [id, 'ACTIVE', 'INACTIVE'],
      [id, 'INACTIVE', 'ACTIVE'],
      [id, 'ACTIVE', 'ERROR'],
      [outside.id, 'PENDING', 'ERROR'],
    ]);
    expect(once.map(({ data }) => data.changed_by)).toEqual([
      'system',
      'u-admin',
      'u-admin',
      'u-admin',
      'system',
    ]);
    expect(once[3]?.data).toMatchObject({ name: 'Other', message: expect.any(String) as unknown });
    for (const { type, projectId, audience, data } of once.slice(0, 4)) {
      expect({ type, projectId, audience }).toEqual({
        type: 'integration.status.changed',
        projectId: project_id,
        audience: [project_id],
      });
      expect(JSON.stringify(data)).not.toContain(hidden);
    }
    expect(once[4]).toMatchObject({ projectId: null, audience: [] });
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
