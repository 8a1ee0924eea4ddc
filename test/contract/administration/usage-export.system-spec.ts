import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { USAGE_EXPORT_BATCH } from '@signalbox/contracts';
import { testDatabase, until, type TestDatabase } from '@signalbox/testing';
import pg from 'pg';
import { register } from 'prom-client';
import { bootHub } from '../own-hub';
import { Hub } from '../hub';
import { TEXT } from '../samples';
import { STATS } from './usage';

const ROWS = 200_000;
const RANGE = 'from=2026-01-02&to=2026-01-02';
const PATIENCE_MS = 180_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Bytes that are still needed. */
function held(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('GET /api/v1/admin/integration/api-keys/usage-stats/export', () => {
  let database: TestDatabase;
  let hub: Hub;
  let token: string;

  beforeAll(async () => {
    database = await testDatabase();
    hub = new Hub(await bootHub({ DATABASE_URL: database.url }));
    token = await hub.token('admin');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `CREATE TABLE auth.usage_logs_20260102 PARTITION OF auth.usage_logs
         FOR VALUES FROM ('2026-01-02 00:00+00') TO ('2026-01-03 00:00+00')`,
    );
    await client.query(
      `INSERT INTO auth.usage_logs (batch_id, time, request_id, method, endpoint, surface, status, duration_us, bytes_in,
         bytes_out, caller_kind, caller_id, caller_name, address)
       SELECT gen_random_uuid(), '2026-01-02 00:00+00'::timestamptz + n * interval '0.4 second', 'request-' || n, 'GET',
              '/api/v1/webhooks', 'integration-service', 200 + n % 2, n, 0, 100, 'api_key', 'k', '=1+1, "formula"', '::1'
         FROM generate_series(0, $1 - 1) n`,
      [ROWS],
    );
    await client.end();
  }, PATIENCE_MS);
  afterAll(async () => {
    await hub.stop();
    await database.drop();
  }, PATIENCE_MS);

  const ask = (query: string, as: string | undefined = token) =>
    fetch(`${hub.url}${STATS}/export?${query}`, {
      headers: { ...(as !== undefined && { authorization: `Bearer ${as}` }) },
    });
  const batches = async () => {
    const metric = await register.getSingleMetric('signalbox_rpc_call_duration_seconds')?.get();
    return (
      metric?.values.find(
        (value) =>
          value.labels.operation === 'usage.export' &&
          'metricName' in value &&
          String(value.metricName).endsWith('_count'),
      )?.value ?? 0
    );
  };

  test('streams CSV, a row a request, which no spreadsheet takes for formulas', async () => {
    const answer = await ask('from=2026-01-02&to=2026-01-02T00:00:01Z');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="usage.csv"');
    const [head, first, ...others] = (await answer.text()).split('\r\n');
    expect(head?.split(',').slice(0, 4)).toEqual(['time', 'id', 'request_id', 'method']);
    expect(first).toMatch(/^2026-01-02T00:00:00\.000Z,[0-9a-f-]{36},request-0,GET,/);
    expect(first).toContain(`,"'=1+1, ""formula""",`);
    expect(others).toHaveLength(3);
    expect(others.at(-1)).toBe('');
  });

  test('streams an object a line with format=json, filtered', async () => {
    const answer = await ask('format=json&status=201&from=2026-01-02&to=2026-01-02T00:00:02Z');
    expect(answer.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { request_id: 'request-1', status: 201, caller_name: '=1+1, "formula"' },
      { request_id: 'request-3' },
    ]);
  });

  test('answers an empty time with no rows', async () => {
    expect(await (await ask('from=2026-01-01&to=2026-01-01')).text()).toMatch(/^time,[a-z_,]+\r\n$/);
    expect(await (await ask('format=json&from=2026-01-01&to=2026-01-01')).text()).toBe('');
  });

  test(
    'sends very many rows as fast as they are taken, in flat memory, each once and in order',
    async () => {
      const before = await batches();
      const answer = await ask(RANGE);
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (!reader) throw new Error('There is no body');
      const first = await reader.read();
      // Nobody reads: what is on its way fills the sockets, and no more is asked for.
      let seen = -1;
      await until('nothing more is asked for', 20_000, async () => {
        const now = await batches();
        const still = now === seen;
        seen = now;
        await new Promise((resolve) => setTimeout(resolve, 500));
        return still;
      });
      expect(seen - before).toBeLessThan(ROWS / USAGE_EXPORT_BATCH / 2);
      const atFirst = held();
      let peak = 0;
      let sampleAt = ROWS / 8;
      let rest = '';
      let next = 0;
      let bytes = 0;
      for (let chunk = first; !chunk.done; chunk = await reader.read()) {
        bytes += chunk.value.length;
        const lines = (rest + chunk.value).split('\r\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.startsWith('time,')) continue;
          const n = Number(/,request-(\d+),/.exec(line)?.[1]);
          if (n !== next) throw new Error(`Row ${n} came where ${next} was due`);
          next += 1;
        }
        if (next >= sampleAt) {
          peak = Math.max(peak, held() - atFirst);
          sampleAt += ROWS / 8;
        }
      }
      expect(next).toBe(ROWS);
      expect((await batches()) - before).toBe(ROWS / USAGE_EXPORT_BATCH + 1);
      expect(bytes).toBeGreaterThan(20_000_000);
      // A fraction of what the rows would take.
      expect(peak).toBeLessThan(30_000_000);
    },
    PATIENCE_MS,
  );

  test('stops asking when the client leaves', async () => {
    const before = await batches();
    const leaving = new AbortController();
    const answer = await fetch(`${hub.url}${STATS}/export?${RANGE}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: leaving.signal,
    });
    await answer.body?.getReader().read();
    leaving.abort();
    let after = await batches();
    await until('it asks no more', 20_000, async () => {
      const known = after;
      await sleep(1_000);
      after = await batches();
      return after === known;
    });
    expect(after - before).toBeLessThan(ROWS / USAGE_EXPORT_BATCH / 2);
  });

  test('is for administrators, and refuses another format', async () => {
    expect((await ask(RANGE, await hub.token('viewer'))).status).toBe(403);
    const refused = await hub.call('GET', `${STATS}/export?format=xml`);
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: [{ field: 'format', message: TEXT }] } },
    });
  });
});
