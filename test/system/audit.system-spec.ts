import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '@signalbox/testing';
import pg from 'pg';
import { PostgresCluster } from '../../libs/database/src/embedded';
import type { EmbeddedStack } from './kit/embedded-stack';
import { ADMIN, COMMON, SHUTDOWN_SECONDS } from './kit/environment';
import { HubClient } from './kit/hub-client';
import type { RealStack } from './kit/real-stack';
import type { Stack, StackUnderTest } from './kit/stack';
import type { AppProcess } from './kit/app-process';
import { describeOnBothStacks } from './kit/stacks';

const S1 = '/api/v1/admin/integration';
const COMMAND = resolve(__dirname, '../../dist/apps/all-in-one/src/audit/main.js');
const CLOSES_WITHIN_MS = SHUTDOWN_SECONDS * 1000 + 10_000;
const NOWHERE = 'http://127.0.0.1:9/';

interface Entry {
  readonly request_id: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly seq: number | null;
  readonly surface: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

async function entries(client: HubClient, filter: string): Promise<Entry[]> {
  const { status, text } = await client.call('GET', `${S1}/audit-logs/export?format=json&${filter}`, {
    withinMs: 60_000,
  });
  if (status !== 200) throw new Error(`The export failed: ${status} ${text}`);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}

/** Calls one after the other and keeps the book of what was answered, by the id of each request. */
class Calls {
  readonly answered = new Map<string, number>();
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(private readonly one: (id: string, n: number) => Promise<number>) {
    this.done = this.run();
  }

  ids(status: number): string[] {
    return [...this.answered].filter(([, answered]) => answered === status).map(([id]) => id);
  }

  /** Until this many more were answered so: how long that takes is the machine's affair. */
  async goesOn(status: number, more: number): Promise<void> {
    const enough = this.ids(status).length + more;
    await until(`${more} more are answered ${status}`, 60_000, () => this.ids(status).length >= enough);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  private async run(): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      const id = randomUUID();
      try {
        this.answered.set(id, await this.one(id, n));
      } catch {
        await sleep(50);
      }
      await sleep(5);
    }
  }
}

/** The entries, once those of these requests are among them and all have their place. */
async function onRecord(client: HubClient, filter: string, ids: readonly string[]): Promise<Entry[]> {
  let found: Entry[] = [];
  await until('all of it is on record', 60_000, async () => {
    await sleep(300);
    found = await entries(client, filter);
    const known = new Set(found.map(({ request_id: id }) => id));
    return ids.every((id) => known.has(id)) && found.every(({ seq }) => seq !== null);
  });
  return found;
}

/** Changes a webhook over two surfaces while `disturb` does its worst, and holds the log against what was answered. */
async function everyChangeOnce(
  stack: StackUnderTest<Stack>,
  disturb: (goesOn: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const clients = await stack.clients();
  const [client] = clients;
  const { id } = await client.createWebhook({
    url: NOWHERE,
    secret: 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=',
  });
  const faces = ['/api/v1/webhooks', `${S1}/webhooks`];
  const calls = new Calls(async (requestId, n) => {
    const answer = await clients[n % clients.length]?.call('PUT', `${faces[n % 2]}/${id}`, {
      body: { name: requestId },
      headers: { 'x-request-id': requestId },
    });
    return answer?.status ?? 0;
  });
  const goesOn = () => calls.goesOn(200, 25);
  await disturb(goesOn);
  await goesOn();
  await calls.stop();
  const made = calls.ids(200);

  const found = await onRecord(client, `resource_id=${id}&action=webhooks.update`, made);
  expect(new Set(found.map(({ request_id }) => request_id)).size).toBe(found.length);
  expect(new Set(found.map(({ surface }) => surface))).toEqual(
    new Set(['integration-service', 'administration']),
  );
  // From the first name to the one it has now, each change where the one before it ended.
  const next = new Map(found.map(({ before, after }) => [before?.name, after?.name]));
  let name: unknown = 'system test';
  let steps = 0;
  for (; next.has(name); steps += 1) name = next.get(name);
  expect(steps).toBe(found.length);
  const now = await client.ok<{ name: string }>('GET', `${S1}/webhooks/${id}`);
  expect(name).toBe(now.name);
  const [created, ...others] = await entries(client, `resource_id=${id}&action=webhooks.create`);
  expect(created?.after).toMatchObject({ name: 'system test', secret: '********' });
  expect(others).toEqual([]);
}

/** One process of each app: its replicas do the same. */
function oneOfEach(apps: readonly AppProcess[]): AppProcess[] {
  return [...new Map(apps.map((app) => [app.name.replace(/[-\s]?\d+$/, ''), app])).values()];
}

function everyCall(stack: StackUnderTest<Stack>): void {
  stack.it(
    'has every change that was made and none that was not, once, whichever process is killed',
    () =>
      everyChangeOnce(stack, async (goesOn) => {
        for (const app of oneOfEach(stack.now.apps)) {
          await goesOn();
          await app.kill();
          await sleep(500);
          await app.start();
        }
      }),
    300_000,
  );

  stack.it(
    'has every call that was refused, once, across a SIGTERM of each process',
    async () => {
      const clients = await stack.clients();
      const [client] = clients;
      const username = `viewer-${randomUUID()}`;
      const password = randomUUID();
      const user = await client.call<{ id: string }>('POST', '/api/users/', {
        body: { username, password, email: 'v@example.com', role: 'viewer' },
      });
      const viewer = await HubClient.signIn(client.url, { username, password });
      const viewers = stack.now.gateways.map((url) => viewer.at(url));
      const calls = new Calls(async (requestId, n) => {
        const answer = await viewers[n % viewers.length]?.call('POST', `${S1}/api-keys`, {
          body: {},
          headers: { 'x-request-id': requestId },
        });
        return answer?.status ?? 0;
      });
      for (const app of oneOfEach(stack.now.apps)) {
        await calls.goesOn(403, 30);
        expect({ app: app.name, code: await app.stop(CLOSES_WITHIN_MS) }).toEqual({ app: app.name, code: 0 });
        await app.start();
      }
      await calls.goesOn(403, 30);
      await calls.stop();
      const refused = calls.ids(403);
      const found = await onRecord(client, `actor=${user.json.id}&outcome=refused`, refused);
      expect(new Set(found.map(({ request_id }) => request_id)).size).toBe(found.length);
      expect(new Set(found.map(({ action }) => action))).toEqual(new Set([`POST ${S1}/api-keys`]));
    },
    300_000,
  );
}

function brokerAndDatabaseKilled(stack: StackUnderTest<RealStack>): void {
  stack.it(
    'has every change that was made and none that was not, once, when RabbitMQ is killed, and PostgreSQL',
    () =>
      everyChangeOnce(stack, async (goesOn) => {
        const starts = stack.now.apps.map((app) => app.timesStarted);
        for (const server of [stack.now.rabbit, stack.now.postgres]) {
          await goesOn();
          await server.kill();
          await sleep(2_000);
          await server.restart();
          await Promise.all(stack.now.apps.map((app) => app.ready()));
        }
        expect(stack.now.apps.map((app) => app.timesStarted)).toEqual(starts);
      }),
    300_000,
  );
}

function verification(stack: StackUnderTest<EmbeddedStack>): void {
  const verify = async (...args: string[]): Promise<{ code: number; stdout: string }> => {
    const run = promisify(execFile)(process.execPath, [COMMAND, ...args], {
      env: { PATH: process.env.PATH, ...COMMON, DATA_DIR: stack.now.dataDir },
      timeout: 60_000,
    });
    return run.then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );
  };
  const sql = async <Row extends object>(...statements: string[]): Promise<Row[]> => {
    const { dataDir } = stack.now;
    const { POSTGRES_PASSWORD } = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as {
      POSTGRES_PASSWORD: string;
    };
    const pid = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
    const port = Number(pid.split('\n')[3]);
    const client = new pg.Client({
      connectionString: PostgresCluster.urlAt(port, POSTGRES_PASSWORD, 'signalbox'),
    });
    await client.connect();
    try {
      let rows: Row[] = [];
      for (const statement of statements) ({ rows } = await client.query<Row>(statement));
      return rows;
    } finally {
      await client.end();
    }
  };
  const chained = () =>
    until('every entry has its place', 10_000, async () => {
      const [count] = await sql<{ n: number }>(
        `SELECT (SELECT count(*) FROM auth.audit_entries WHERE seq IS NULL)::integer
              + (SELECT count(*) FROM webhooks.audit_outbox)::integer AS n`,
      );
      return count?.n === 0;
    });

  stack.it(
    'npm run audit:verify says of a running hub that nothing was tampered with, and of one that was where',
    async () => {
      const [client] = await stack.clients();
      const secret = `whsec_${Buffer.from('known to nobody at all').toString('base64')}`;
      const password = randomUUID();
      const { id } = await client.createWebhook({ url: NOWHERE, secret });
      await client.ok('PUT', `${S1}/webhooks/${id}`, {
        body: { headers: { Authorization: `Bearer ${password}` } },
      });
      const { api_key: key } = await client.ok<{ api_key: string }>('POST', `${S1}/api-keys`, {
        body: { name: 'audited', scopes: ['read'] },
      });
      await client.call('POST', '/api/users/', {
        body: { username: randomUUID(), password, email: 'a@example.com' },
      });
      await client.call('POST', '/api/v1/auth/login', { body: { secret: COMMON.ADMIN_SECRET } });
      await new HubClient(client.url, key).call('DELETE', `${S1}/webhooks/${id}?token=${password}`);
      await sleep(1_000);
      await chained();

      const first = await verify();
      expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('is intact') as unknown });
      const [, place = ''] = /ends with (\d+:[0-9a-f]{64})/.exec(first.stdout) ?? [];
      expect(Number(place.split(':')[0])).toBeGreaterThan(6);
      await client.ok('PUT', `${S1}/webhooks/${id}`, { body: { name: 'later' } });
      await chained();
      expect(await verify('--expect', place)).toMatchObject({ code: 0 });
      expect(
        await verify(
          '--expect',
          place.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
        ),
      ).toMatchObject({
        code: 1,
        stdout: expect.stringContaining(`entry ${place.split(':')[0]} (`) as unknown,
      });
      expect((await verify('--expect', 'nonsense')).code).toBe(1);

      const [all] = await sql<{ text: string }>(
        `SELECT string_agg(e::text, ' ') || (SELECT coalesce(string_agg(o::text, ' '), '') FROM webhooks.audit_outbox o)
         AS text FROM auth.audit_entries e`,
      );
      expect(all?.text).toContain('later');
      const known = [
        secret,
        secret.slice(6),
        password,
        key,
        client.token ?? '',
        ADMIN.password,
        COMMON.ADMIN_SECRET,
      ];
      for (const leaked of [
        ...known,
        COMMON.JWT_SECRET,
        COMMON.ENCRYPTION_KEY,
        COMMON.API_KEY_PEPPERS,
        '$argon2',
      ])
        expect(all?.text).not.toContain(leaked);

      await expect(sql('DELETE FROM auth.audit_entries')).rejects.toThrow('append-only');
      await sql(
        'ALTER TABLE auth.audit_entries DISABLE TRIGGER USER',
        `UPDATE auth.audit_entries SET actor_name = 'somebody else' WHERE seq = 3`,
        'ALTER TABLE auth.audit_entries ENABLE TRIGGER USER',
      );
      const broken = await verify();
      expect(broken).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/BROKEN: entry 3 \(/) as unknown,
      });
    },
  );

  stack.it('npm run audit:verify works while the hub does not run', async () => {
    await stack.now.hub.stop();
    expect(await verify()).toMatchObject({ code: 1, stdout: expect.stringContaining('entry 3') as unknown });
    await stack.now.hub.start();
  });
}

describeOnBothStacks('the audit log', everyCall, {
  embedded: verification,
  real: brokerAndDatabaseKilled,
});
