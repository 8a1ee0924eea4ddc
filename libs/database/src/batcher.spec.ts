import { Batcher } from './batcher';

const options = { maxBatch: 3, enough: 3, maxWriting: 1, maxWaiting: 5, gatherMs: 0 };
const turn = () => new Promise(setImmediate);

describe('Batcher', () => {
  it('writes what arrives together in one go and answers each its own', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher((items: number[]) => {
      batches.push(items);
      return Promise.resolve(items.map((n) => n * 10));
    }, options);
    expect(await Promise.all([1, 2, 3, 4].map((n) => batcher.add(n)))).toEqual([10, 20, 30, 40]);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('fails the batch that failed and no other', async () => {
    const batcher = new Batcher(
      (items: number[]) => (items.includes(1) ? Promise.reject(new Error('no')) : Promise.resolve(items)),
      options,
    );
    const results = await Promise.allSettled([1, 2, 3, 4].map((n) => batcher.add(n)));
    expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
    await expect(batcher.add(5)).resolves.toBe(5);
  });

  it('gathers while it writes, and says when it is full and when it is idle', async () => {
    let finish = (): void => undefined;
    const sizes: number[] = [];
    const batcher = new Batcher((items: number[]) => {
      sizes.push(items.length);
      return new Promise<number[]>((resolve) => (finish = () => resolve(items)));
    }, options);
    const all = [batcher.add(0)];
    await turn();
    for (let n = 1; n <= 5; n += 1) all.push(batcher.add(n));
    expect(batcher.full).toBe(true);
    let idle = false;
    const waiting = batcher.idle().then(() => (idle = true));
    for (let n = 0; n < 3; n += 1) {
      expect(idle).toBe(false);
      finish();
      await turn();
    }
    await Promise.all([...all, waiting]);
    expect(sizes).toEqual([1, 3, 2]);
    expect(batcher.full).toBe(false);
  });

  it('lets the first of a batch wait for others, but not once there are enough', async () => {
    const sizes: number[] = [];
    const batcher = new Batcher(
      (items: number[]) => {
        sizes.push(items.length);
        return Promise.resolve(items);
      },
      { ...options, gatherMs: 60_000 },
    );
    const two = [batcher.add(1), batcher.add(2)];
    await turn();
    expect(sizes).toEqual([]);
    await Promise.all([...two, batcher.add(3)]);
    expect(sizes).toEqual([3]);
  });

  it('writes what waited long enough', async () => {
    const batcher = new Batcher((items: number[]) => Promise.resolve(items), { ...options, gatherMs: 1 });
    expect(await Promise.all([batcher.add(1), batcher.add(2)])).toEqual([1, 2]);
    await batcher.idle();
  });

  it('writes another batch beside one that takes long, once there are enough', async () => {
    const finish: (() => void)[] = [];
    const sizes: number[] = [];
    const batcher = new Batcher(
      (items: number[]) => {
        sizes.push(items.length);
        return new Promise<number[]>((resolve) => finish.push(() => resolve(items)));
      },
      { ...options, maxWriting: 2, maxWaiting: 9 },
    );
    const all = [batcher.add(0)];
    await turn();
    all.push(batcher.add(1), batcher.add(2));
    await turn();
    expect(sizes).toEqual([1]);
    all.push(batcher.add(3));
    expect(sizes).toEqual([1, 3]);
    for (let n = 4; n <= 7; n += 1) all.push(batcher.add(n));
    await turn();
    expect(sizes).toEqual([1, 3]);
    while (finish.length > 0) {
      finish.shift()?.();
      await turn();
    }
    await Promise.all(all);
    expect(sizes).toEqual([1, 3, 3, 1]);
  });

  it('gathers for as long after a batch was written as before', async () => {
    let finish = (): void => undefined;
    const sizes: number[] = [];
    const batcher = new Batcher(
      (items: number[]) => {
        sizes.push(items.length);
        return new Promise<number[]>((resolve) => (finish = () => resolve(items)));
      },
      { ...options, gatherMs: 60_000 },
    );
    const all = [1, 2, 3, 4].map((n) => batcher.add(n));
    finish();
    await turn();
    expect(sizes).toEqual([3]);
    all.push(batcher.add(5), batcher.add(6));
    finish();
    await Promise.all(all);
    expect(sizes).toEqual([3, 3]);
  });
});
