import {
  DomainError,
  USAGE_BATCH_MOST,
  type ErrorCode,
  type UsageBatch,
  type UsageRecord,
} from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { testLog, until } from '@signalbox/testing';
import { register } from 'prom-client';
import { UsageRecorder } from './usage-recorder';

/** A service that stores batches, unless it is told to fail. */
class Store extends RpcClient {
  readonly batches: UsageBatch[] = [];
  readonly attempts: string[] = [];
  fails: ErrorCode | Error | undefined;
  hangs: Promise<void> | undefined;

  async call(_operation: unknown, input: unknown): Promise<never> {
    const batch = input as UsageBatch;
    this.attempts.push(batch.id);
    await this.hangs;
    if (this.fails instanceof Error) throw this.fails;
    if (this.fails) throw new DomainError({ code: this.fails });
    this.batches.push(batch);
    return { stored: batch.records.length } as never;
  }

  get stored(): string[] {
    return this.batches.flatMap(({ records }) => records.map(({ request_id }) => request_id));
  }
}

const record = (n: number): UsageRecord => ({
  time: '2026-11-21T12:00:00.000Z',
  request_id: String(n),
  method: 'GET',
  endpoint: '/',
  surface: 'administration',
  status: 200,
  duration_us: 1,
  bytes_in: 0,
  bytes_out: 0,
  caller_kind: null,
  caller_id: null,
  caller_name: null,
  project_id: null,
  error_code: null,
  address: '127.0.0.1',
});
const names = (count: number) => Array.from({ length: count }, (_each, n) => String(n));

async function lost(reason: string): Promise<number> {
  const metric = await register.getSingleMetric('signalbox_usage_records_dropped_total')?.get();
  return metric?.values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
}

describe('handing records over', () => {
  let store: Store;
  let recorder: UsageRecorder;
  const log = testLog();
  beforeEach(() => {
    store = new Store();
    recorder = new UsageRecorder(store, log);
    log.lines.length = 0;
  });
  afterEach(() => recorder.close(0));

  const add = (count: number) => names(count).forEach((n) => recorder.add(record(Number(n))));
  const allStored = (count: number) =>
    until('all are stored', 10_000, () => Promise.resolve(store.stored.length === count));

  it('gathers, and sends in order', async () => {
    add(20);
    await allStored(20);
    expect(store.batches).toHaveLength(1);
    expect(store.stored).toEqual(names(20));
  });

  it('sends no batch that is larger than may be', async () => {
    add(USAGE_BATCH_MOST * 5);
    await allStored(USAGE_BATCH_MOST * 5);
    const sizes = store.batches.map(({ records }) => records.length);
    expect(sizes[0]).toBe(USAGE_BATCH_MOST);
    expect(Math.max(...sizes)).toBe(USAGE_BATCH_MOST);
  });

  it('sends few at a time where few wait, so that no request waits for them', async () => {
    add(600);
    await allStored(600);
    expect(store.batches.map(({ records }) => records.length)).toEqual([250, 250, 100]);
  });

  it.each<ErrorCode>(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'DATABASE_UNAVAILABLE'])(
    'sends the same batch again after %s, for as long as it takes',
    async (code) => {
      store.fails = code;
      add(3);
      await until('it was tried often', 10_000, () => Promise.resolve(store.attempts.length >= 4));
      add(2);
      store.fails = undefined;
      await allStored(5);
      expect(new Set(store.attempts.slice(0, -1)).size).toBe(1);
      expect(store.batches.map(({ records }) => records.length)).toEqual([3, 2]);
    },
  );

  it('gives a batch up that is refused again and again, says so, and goes on', async () => {
    const before = await lost('refused');
    store.fails = new DomainError({ code: 'INTERNAL' });
    add(3);
    await until('it was given up', 20_000, async () => (await lost('refused')) === before + 3);
    expect(store.attempts).toHaveLength(5);
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 50, records: 3 }));
    store.fails = undefined;
    add(1);
    await allStored(1);
  }, 30_000);

  it('keeps the oldest when it must keep too many, and counts what it drops', async () => {
    const before = await lost('full');
    store.fails = 'SERVICE_UNAVAILABLE';
    add(50_010);
    expect(await lost('full')).toBe(before + 10);
    store.fails = undefined;
    await allStored(50_000);
    expect(store.stored).toEqual(names(50_000));
  });

  it('hands over what is left when it closes', async () => {
    add(2_500);
    await recorder.close(5_000);
    expect(store.stored).toEqual(names(2_500));
  });

  it('waits for a service that comes back in time', async () => {
    store.fails = 'SERVICE_UNAVAILABLE';
    add(5);
    const closed = recorder.close(10_000);
    await until('it was tried', 5_000, () => Promise.resolve(store.attempts.length >= 2));
    store.fails = undefined;
    await closed;
    expect(store.stored).toEqual(names(5));
  });

  it('ends in time without one, and tells what was lost', async () => {
    const before = await lost('shutdown');
    store.fails = 'SERVICE_UNAVAILABLE';
    add(7);
    await recorder.close(300);
    expect(await lost('shutdown')).toBe(before + 7);
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 50, records: 7 }));
  });

  it('ends in time although the service does not answer', async () => {
    const before = await lost('shutdown');
    let release: () => void = () => undefined;
    store.hangs = new Promise((resolve) => (release = resolve));
    add(4);
    await until('it is under way', 5_000, () => Promise.resolve(store.attempts.length === 1));
    const began = performance.now();
    await recorder.close(300);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await lost('shutdown')).toBe(before + 4);
    release();
  });
});
