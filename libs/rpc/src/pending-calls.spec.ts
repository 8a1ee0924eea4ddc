import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PendingCalls } from './pending-calls';

interface Call {
  readonly id: string;
  readonly body?: Buffer;
}

describe('calls that wait', () => {
  it('are found by their ids, until they are taken', () => {
    const pending = new PendingCalls<Call>();
    const [a, b] = [pending.add((id) => ({ id })), pending.add((id) => ({ id }))];
    expect(pending.get(b.id)).toBe(b);
    expect(pending.take(a.id)).toBe(a);
    expect(pending.take(a.id)).toBeUndefined();
    expect(pending.get(a.id)).toBeUndefined();
    expect(pending.size).toBe(1);
    expect(pending.all()).toEqual([b]);
  });

  it('are not found by the id of one that was there before, or by what is no id', () => {
    const pending = new PendingCalls<Call>();
    const before = pending.take(pending.add((id) => ({ id })).id);
    const now = pending.add((id) => ({ id }));
    expect(now.id).not.toBe(before?.id);
    for (const id of [before?.id ?? '', '', '0', '1.1', '-1', 'length', `${now.id} `]) {
      expect(pending.get(id)).toBeUndefined();
      expect(pending.take(id)).toBeUndefined();
    }
    expect(pending.all()).toEqual([now]);
  });

  it('use the room of those that are gone', () => {
    const pending = new PendingCalls<Call>();
    const places = new Set<string | undefined>();
    for (let n = 0; n < 100; n += 1) {
      const { id } = pending.add((given) => ({ id: given }));
      places.add(id.split('.')[0]);
      pending.take(id);
    }
    expect(places.size).toBe(1);
  });
});

describe('the bodies of calls that are over', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;
  const minor = (times: number) => {
    for (let n = 0; n < times; n += 1) collect({ type: 'minor' });
  };

  /** Megabytes that are there after 1,000 calls of 8 KB each, eight at a time, without a major collection. */
  function keptBy(add: (body: Buffer) => string, take: (id: string) => void): number {
    const ids = Array.from({ length: 8 }, () => add(Buffer.alloc(0)));
    // None is due for a while after one, however much the specs before this one have left behind.
    collect({ type: 'major' });
    // Whatever it is, it becomes old.
    minor(4);
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 1_000; n += 1) {
      ids.push(add(Buffer.allocUnsafeSlow(8 * 1024)));
      take(ids.shift() ?? '');
      if (n % 100 === 99) minor(1);
    }
    for (const id of ids) take(id);
    minor(3);
    return (process.memoryUsage().arrayBuffers - before) / 2 ** 20;
  }

  it('go with the next minor collection', () => {
    const pending = new PendingCalls<Call>();
    const kept = keptBy(
      (body) => pending.add((id) => ({ id, body })).id,
      (id) => pending.take(id),
    );
    expect(kept).toBeLessThan(1);
  });

  it('would not in a Map: the reason why there is another kind of book', () => {
    const pending = new Map<string, Buffer>();
    let given = 0;
    const kept = keptBy(
      (body) => {
        given += 1;
        pending.set(String(given), body);
        return String(given);
      },
      (id) => pending.delete(id),
    );
    expect(kept).toBeGreaterThan(4);
  });
});
