import { jest } from '@jest/globals';
import { BelievedCache } from './believed-cache';

interface Fact {
  readonly of: string;
}

describe('BelievedCache', () => {
  let asked: string[];
  let answers: Map<string, Fact>;
  let fail: Error | undefined;
  let cache: BelievedCache<Fact>;

  const get = (id: string) =>
    cache.get(id, () => {
      asked.push(id);
      return fail ? Promise.reject(fail) : Promise.resolve(answers.get(id) ?? null);
    });

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    asked = [];
    fail = undefined;
    answers = new Map([['a', { of: 'a' }]]);
    cache = new BelievedCache<Fact>({ max: 3, found: () => undefined });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks once, and answers without a promise then', async () => {
    expect(await Promise.all([get('a'), get('a')])).toEqual([{ of: 'a' }, { of: 'a' }]);
    expect(get('a')).toEqual({ of: 'a' });
    expect(cache.peek('a')).toEqual({ of: 'a' });
    expect(asked).toEqual(['a']);
  });

  it('remembers that there is nothing', async () => {
    expect(await get('x')).toBeNull();
    expect(get('x')).toBeNull();
    expect(asked).toEqual(['x']);
  });

  it('asks again behind the request that uses it when it gets old', async () => {
    await get('a');
    answers.set('a', { of: 'a, later' });
    jest.advanceTimersByTime(5_001);
    expect(get('a')).toEqual({ of: 'a' });
    expect(get('a')).toEqual({ of: 'a' });
    await jest.advanceTimersByTimeAsync(0);
    expect(get('a')).toEqual({ of: 'a, later' });
    expect(asked).toEqual(['a', 'a']);
  });

  it('believes nothing for longer than ten seconds, though nobody told it and nobody answers', async () => {
    await get('a');
    answers.delete('a');
    fail = new Error('away');
    jest.advanceTimersByTime(9_999);
    expect(get('a')).toEqual({ of: 'a' });
    await jest.advanceTimersByTimeAsync(2);
    expect(cache.peek('a')).toBeUndefined();
    await expect(get('a')).rejects.toBe(fail);
    fail = undefined;
    expect(await get('a')).toBeNull();
  });

  it('counts the age of an answer from when it was asked for', async () => {
    const late = cache.get(
      'a',
      () => new Promise<Fact>((resolve) => setTimeout(() => resolve({ of: 'a' }), 4_000)),
    );
    await jest.advanceTimersByTimeAsync(4_000);
    await late;
    jest.advanceTimersByTime(6_001);
    expect(cache.peek('a')).toBeUndefined();
  });

  it('forgets at once what changed, and keeps no answer that was under way', async () => {
    await get('a');
    cache.drop('a');
    expect(cache.peek('a')).toBeUndefined();
    const underWay = get('a');
    cache.drop('a');
    expect(await underWay).toEqual({ of: 'a' });
    expect(cache.peek('a')).toBeUndefined();
    await get('a');
    const other = get('x');
    cache.dropWhere(({ of }) => of === 'a');
    await other;
    expect(cache.peek('a')).toBeUndefined();
    expect(cache.peek('x')).toBeUndefined();
  });

  it('keeps as much as it may, and guesses crowd nobody out', async () => {
    await get('a');
    for (let n = 0; n < 10; n += 1) await get(`guess ${n}`);
    expect(cache.peek('a')).toEqual({ of: 'a' });
    expect(cache.peek('guess 0')).toBeUndefined();
    expect(cache.peek('guess 9')).toBeNull();
    for (const id of ['b', 'c', 'd']) {
      answers.set(id, { of: id });
      await get(id);
    }
    expect(cache.peek('a')).toBeUndefined();
    expect(cache.peek('d')).toEqual({ of: 'd' });
  });

  it('moves from nothing to something and back', async () => {
    await get('x');
    answers.set('x', { of: 'x' });
    cache.drop('x');
    await get('x');
    expect(cache.peek('x')).toEqual({ of: 'x' });
    answers.delete('x');
    cache.clear();
    await get('x');
    expect(cache.peek('x')).toBeNull();
  });

  it('asks for a bounded number of things at a time', async () => {
    const never = () => new Promise<null>(() => undefined);
    for (let n = 0; n < 2_000; n += 1) void cache.get(`guess ${n}`, never);
    await expect(cache.get('one more', never)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
