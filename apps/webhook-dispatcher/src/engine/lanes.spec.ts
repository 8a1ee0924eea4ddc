import type { Claim } from './claim';
import { Lanes, type LaneLimits, type LaneSignal } from './lanes';

const limits: LaneLimits = {
  concurrency: 100,
  endpointConcurrency: 32,
  endpointBacklog: 50,
  backlog: 1_000,
  backlogSize: 1_000_000,
};

function claim(webhookId: string, n: number, attempts = 0): Claim {
  return {
    deliveryId: `${webhookId}-${n}`,
    webhookId,
    webhookVersion: 1,
    eventType: 'task.created',
    body: '{}',
    attempts,
    roundStart: 0,
  };
}

function claims(webhookId: string, count: number, attempts = 0): Claim[] {
  return Array.from({ length: count }, (_, n) => claim(webhookId, n, attempts));
}

/** Attempts that end when the test says so. */
function bench(over: Partial<LaneLimits> = {}) {
  const started: Claim[] = [];
  const pending = new Map<string, (signal: LaneSignal) => void>();
  const hungry = jest.fn();
  const lanes = new Lanes(
    { ...limits, ...over },
    (c) => {
      started.push(c);
      return new Promise((resolve) => pending.set(c.deliveryId, resolve));
    },
    hungry,
  );
  const end = async (id: string, signal: LaneSignal = 'answered') => {
    const resolve = pending.get(id);
    if (resolve === undefined) throw new Error(`${id} has not started`);
    pending.delete(id);
    resolve(signal);
    await new Promise(setImmediate);
  };
  const of = (webhookId: string) => started.filter((c) => c.webhookId === webhookId);
  return { lanes, started, pending, end, of, hungry };
}

describe('Lanes', () => {
  it('starts narrow and widens with every answer', async () => {
    const b = bench();
    b.lanes.enqueue(claims('a', 40));
    expect(b.started).toHaveLength(8);
    await b.end('a-0');
    expect(b.started).toHaveLength(10);
  });

  it('never makes more attempts at once to one endpoint than it may', async () => {
    const b = bench({ endpointConcurrency: 4 });
    b.lanes.enqueue(claims('a', 40));
    for (let n = 0; n < 20; n += 1) await b.end(`a-${n}`);
    expect(b.pending.size).toBe(4);
  });

  it('halves with every silence, down to one', async () => {
    const b = bench();
    b.lanes.enqueue(claims('a', 40));
    for (let n = 0; n < 8; n += 1) await b.end(`a-${n}`, 'silent');
    expect(b.pending.size).toBe(1);
  });

  it('lets nobody else wait for an endpoint that hangs', () => {
    const b = bench();
    b.lanes.enqueue(claims('hanging', 50));
    b.lanes.enqueue(claims('b', 1));
    expect(b.of('b')).toHaveLength(1);
  });

  it('gives what is left of the whole to each endpoint in turn', async () => {
    const b = bench({ concurrency: 2 });
    b.lanes.enqueue(claims('a', 5));
    b.lanes.enqueue(claims('b', 5));
    b.lanes.enqueue(claims('c', 5));
    await b.end('a-0');
    await b.end('a-1');
    await b.end('a-2');
    expect([b.of('a'), b.of('b'), b.of('c')].map((list) => list.length)).toEqual([3, 1, 1]);
  });

  it('keeps half of a lane for first attempts while both wait', () => {
    const b = bench();
    b.lanes.enqueue([...claims('a', 20, 1).map((c) => ({ ...c, deliveryId: `retry-${c.deliveryId}` }))]);
    expect(b.started).toHaveLength(8);
    const c = bench();
    c.lanes.enqueue([...claims('a', 20), ...claims('a', 20, 1)]);
    expect(c.started.filter((one) => one.attempts === 1)).toHaveLength(4);
    expect(c.started.filter((one) => one.attempts === 0)).toHaveLength(4);
  });

  it('lets a first attempt through a lane of one that retries keep busy', async () => {
    const b = bench({ endpointConcurrency: 1 });
    const retries = claims('a', 10, 1).map((c) => ({ ...c, deliveryId: `retry-${c.deliveryId}` }));
    b.lanes.enqueue(retries);
    b.lanes.enqueue(claims('a', 1));
    await b.end('retry-a-0');
    expect(b.started.at(-1)?.deliveryId).toBe('a-0');
  });

  it('says which endpoints have enough waiting, and when there is no room at all', () => {
    const b = bench({ backlog: 70 });
    b.lanes.enqueue(claims('a', 58));
    expect(b.lanes.saturated()).toEqual(['a']);
    expect(b.lanes.hasRoom).toBe(true);
    b.lanes.enqueue(claims('b', 40));
    expect(b.lanes.hasRoom).toBe(false);
  });

  it('starts nothing after stop and tells when what was under way has ended', async () => {
    const b = bench();
    b.lanes.enqueue(claims('a', 20));
    let stopped = false;
    const stopping = b.lanes.stop().then(() => (stopped = true));
    for (let n = 0; n < 8; n += 1) {
      expect(stopped).toBe(false);
      await b.end(`a-${n}`);
    }
    await stopping;
    expect(b.started).toHaveLength(8);
  });
});
