import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startReceiver, type Receiver } from '@signalbox/testing';
import pg from 'pg';
import { freePort, PostgresCluster } from '../../libs/database/src/embedded';
import { AppProcess } from './kit/app-process';
import { COMMON } from './kit/environment';
import { HubClient } from './kit/hub-client';

const APPS = resolve(__dirname, '../../dist/apps/all-in-one/src');
const INTEGRATIONS = '/integration-management/integrations';
const WEBHOOKS = '/api/v1/admin/integration/webhooks';
const FIRST = COMMON.ENCRYPTION_KEY;
const SECOND = randomBytes(32).toString('base64');

/** Sealed with a key that stands sealed in the same row. */
const OF_ROWS = new Set([
  'integrations.integration_versions.configuration',
  'integrations.integration_versions.credentials',
  'integrations.provider_hooks.configuration',
  'integrations.provider_hooks.credentials',
]);

/** What a hub is told of its keys. */
type Keys = Partial<Record<'ENCRYPTION_KEY' | 'ENCRYPTION_KEYS', string>>;

describe('npm run encryption:rotate', () => {
  let dataDir: string;
  let port: number;
  let receiver: Receiver;
  let running: AppProcess | undefined;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'signalbox-keys-'));
    port = await freePort();
    receiver = await startReceiver({ respond: () => ({ status: 200, body: '{"id":"acct_1"}' }) });
  });
  afterAll(async () => {
    await running?.stop();
    await receiver.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  const environment = ({ ENCRYPTION_KEY = '', ENCRYPTION_KEYS = '' }: Keys) => ({
    ...COMMON,
    // Given in full: the folder keeps none of them.
    NODE_ENV: 'production',
    ENCRYPTION_KEY,
    ENCRYPTION_KEYS,
    DATA_DIR: dataDir,
    PORT: String(port),
  });
  const hubWith = async (keys: Keys) =>
    new AppProcess({
      name: 'all-in-one',
      main: 'all-in-one/src/main.js',
      opsPort: await freePort(),
      env: environment(keys),
    });
  const start = async (keys: Keys) => {
    await running?.stop();
    running = await hubWith(keys);
    await running.start();
    return HubClient.signIn(`http://127.0.0.1:${port}`);
  };
  const run = async (command: string, keys: Keys) =>
    (
      await promisify(execFile)(process.execPath, [join(APPS, command, 'main.js')], {
        env: { PATH: process.env.PATH, ...environment(keys) },
        timeout: 60_000,
      })
    ).stdout;

  /** The ids of the keys under which anything is sealed with a master key, in whatever table; texts under a row's own key aside. */
  const keyIds = async (): Promise<string[]> => {
    const { POSTGRES_PASSWORD } = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as {
      POSTGRES_PASSWORD: string;
    };
    const pid = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
    const client = new pg.Client({
      connectionString: PostgresCluster.urlAt(Number(pid.split('\n')[3]), POSTGRES_PASSWORD, 'signalbox'),
    });
    await client.connect();
    try {
      const { rows: columns } = await client.query<{ place: string; name: string }>(
        `SELECT format('%I.%I', table_schema, table_name) AS place, column_name AS name FROM information_schema.columns
          WHERE table_schema IN ('auth', 'webhooks', 'integrations') AND data_type IN ('text', 'json', 'jsonb')`,
      );
      const ids = new Set<string>();
      for (const { place, name } of columns.filter(
        (column) => !OF_ROWS.has(`${column.place}.${column.name}`),
      )) {
        const { rows } = await client.query<{ id: string }>(
          `SELECT DISTINCT (regexp_match("${name}"::text, 'v1\\.([A-Za-z0-9_-]{8})\\.[A-Za-z0-9_-]{38,}'))[1] AS id FROM ${place}`,
        );
        for (const { id } of rows) if (id) ids.add(id);
      }
      return [...ids];
    } finally {
      await client.end();
    }
  };

  it('brings a hub from one master key to another, and nothing is lost', async () => {
    const hub = await start({ ENCRYPTION_KEY: FIRST });
    const integration = await hub.call<{ id: string }>('POST', INTEGRATIONS, {
      body: {
        name: 'Stripe',
        type: 'PAYMENT_GATEWAY',
        configuration: { base_url: receiver.url },
        credentials: { api_key: 'sk_live_kept' },
      },
    });
    expect(integration.status).toBe(201);
    const webhook = await hub.call<{ data: { id: string } }>('POST', WEBHOOKS, {
      body: {
        name: 'Kept',
        url: `${receiver.url}/hook`,
        events: ['task.created'],
        headers: { Authorization: 'Bearer kept' },
      },
    });
    expect(webhook.status).toBe(201);
    await run('keys', { ENCRYPTION_KEY: FIRST });
    const works = async (client: HubClient) => {
      const before = receiver.requests.length;
      expect((await client.call('POST', `${INTEGRATIONS}/${integration.json.id}/test`)).json).toEqual({
        success: true,
        message: null,
      });
      const tested = await client.call('POST', `${WEBHOOKS}/${webhook.json.data.id}/test`, { body: {} });
      expect(tested.status).toBe(200);
      const sent = receiver.requests.slice(before).map(({ headers }) => headers.authorization);
      expect(sent).toEqual(expect.arrayContaining(['Bearer sk_live_kept', 'Bearer kept']));
    };
    await works(hub);

    await running?.stop();
    const wrong = await hubWith({ ENCRYPTION_KEY: SECOND });
    expect(await wrong.runToEnd(60_000)).toBe(1);
    expect(wrong.complaints()).toContain('Nothing was changed');

    const both = { ENCRYPTION_KEY: FIRST, ENCRYPTION_KEYS: `2:${SECOND}` };
    await works(await start(both));
    const [first] = await keyIds();
    const [, count = ''] = /^(\d+) stored secrets/.exec(await run('encryption', both)) ?? [];
    expect(Number(count)).toBeGreaterThanOrEqual(4);
    expect(await run('encryption', both)).toMatch(/^0 stored secrets/);
    const left = await keyIds();
    expect(left).toHaveLength(1);
    expect(left).not.toContain(first);
    expect(await run('audit', both)).toContain('is intact');

    await works(await start({ ENCRYPTION_KEYS: `2:${SECOND}` }));
    expect(await run('audit', { ENCRYPTION_KEY: SECOND })).toContain('is intact');
    await expect(run('encryption', { ENCRYPTION_KEY: FIRST })).rejects.toMatchObject({ code: 1, stdout: '' });
  }, 180_000);
});
