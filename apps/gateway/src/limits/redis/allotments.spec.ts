import type { Counter } from '../limit-store';
import { Allotments, type Counted, type Need } from './allotments';

/** What is drawn may be used for a second. */
const SECONDS = 256;
const LIFE_MS = 1_000;
const of = (key: string, limit = 1_000_000): Counter => ({
  key,
  policy: { name: 'p', limit, windowSeconds: SECONDS },
});
const room = (many: number, remaining = 500): Counted => ({
  usage: { allowed: true, remaining, resetMs: 1_000 },
  many,
});
const full: Counted = { usage: { allowed: false, remaining: 0, resetMs: 1_000 }, many: 0 };

describe('room drawn ahead', () => {
  let now: number;
  let allotments: Allotments;
  beforeEach(() => {
    now = 10_000;
    allotments = new Allotments(() => now);
  });

  const manyOf = (needs: readonly Need[]) => needs.map(({ many }) => many);
  const meet = (needs: readonly Need[]) =>
    allotments.settle(
      needs,
      needs.map(({ many }) => room(many)),
      now,
    );
  /** Draws what a request needs; Redis has room. */
  const draw = (...counters: Counter[]) => {
    const needs = allotments.need(counters);
    return { many: manyOf(needs), usages: meet(needs) };
  };
  /** Uses what is left, and draws nothing more. */
  const useAll = (counter: Counter) => {
    for (let used = 0; ; used += 1) {
      const use = allotments.use([counter]);
      if (!use) return used;
      allotments.abandon(use.low);
    }
  };

  it('is as much as lately came and half again, four times the last at most, a thousandth of the limit at most', () => {
    const drawn = (limit: number) =>
      Array.from({ length: 6 }, () => {
        const [many = 0] = draw(of(`${limit}`, limit)).many;
        expect(useAll(of(`${limit}`, limit))).toBe(many - 1);
        now += 10;
        return many;
      });
    expect(drawn(1_000_000)).toEqual([1, 4, 16, 64, 256, 976]);
    expect(drawn(16_384)).toEqual([1, 4, 16, 16, 16, 16]);
    now += 500;
    // 16 came in 510 ms: in a second some 31, and half again as many; but there is a thousandth of the limit.
    expect(draw(of('16384', 16_384)).many).toEqual([16]);
  });

  it('is lost after its time, and then as much as was used', () => {
    for (let n = 0; n < 3; n += 1) {
      draw(of('a'));
      if (n < 2) useAll(of('a'));
    }
    for (let n = 0; n < 7; n += 1) allotments.abandon(allotments.use([of('a')])?.low ?? []);
    now += LIFE_MS - 1;
    allotments.abandon(allotments.use([of('a')])?.low ?? []);
    now += 1;
    expect(allotments.use([of('a')])).toBeUndefined();
    // The request that drew it, and eight others.
    expect(draw(of('a')).many).toEqual([Math.ceil(9 * 1.5)]);
    now += 100 * LIFE_MS;
    expect(draw(of('a')).many).toEqual([1]);
  });

  it('is drawn again while there is some left, and used after that', () => {
    for (let n = 0; n < 3; n += 1) {
      draw(of('a'));
      if (n < 2) useAll(of('a'));
    }
    const uses = Array.from({ length: 12 }, () => allotments.use([of('a')])?.low ?? []);
    expect(uses.filter((low) => low.length > 0)).toHaveLength(1);
    const low = uses[11] ?? [];
    expect(manyOf(low)).toEqual([64]);
    meet(low);
    expect(useAll(of('a'))).toBe(3 + 64);
  });

  it('is drawn again before its time is over', () => {
    for (let n = 0; n < 3; n += 1) {
      draw(of('a'));
      if (n < 2) useAll(of('a'));
    }
    now += LIFE_MS * 0.7;
    expect(allotments.use([of('a')])?.low).toEqual([]);
    now += LIFE_MS * 0.1;
    const low = allotments.use([of('a')])?.low ?? [];
    expect(low).toHaveLength(1);
    expect(allotments.use([of('a')])?.low).toEqual([]);
    meet(low);
    now += LIFE_MS * 0.3;
    expect(useAll(of('a'))).toBe(manyOf(low)[0]);
  });

  it('says where the caller stands', () => {
    draw(of('a'));
    expect(draw(of('a')).usages).toEqual([{ allowed: true, remaining: 503, resetMs: 1_000 }]);
    now += 400;
    expect(allotments.use([of('a')])?.usages).toEqual([{ allowed: true, remaining: 502, resetMs: 600 }]);
  });

  it('is not drawn of limits that are counted exactly', () => {
    for (let n = 0; n < 5; n += 1) expect(draw(of('a', 10_000)).many).toEqual([1]);
    expect(allotments.use([of('a', 10_000)])).toBeUndefined();
  });

  it('is drawn by one at a time; the others take one each', () => {
    draw(of('a'));
    const first = allotments.need([of('a')]);
    expect([manyOf(first), manyOf(allotments.need([of('a')]))]).toEqual([[4], [1]]);
    meet(first);
    expect(useAll(of('a'))).toBe(3);
  });

  it('is given back where another limit refuses, and counted nowhere', () => {
    for (let n = 0; n < 2; n += 1) draw(of('a'));
    const needs = allotments.need([of('a'), of('b', 100)]);
    expect(manyOf(needs)).toEqual([0, 1]);
    expect(allotments.settle(needs, [room(0), full], now)[1]).toMatchObject({ allowed: false });
    expect(useAll(of('a'))).toBe(3);
  });

  it('is drawn anew where nobody knows what became of a draw', () => {
    for (let n = 0; n < 2; n += 1) draw(of('a'));
    useAll(of('a'));
    allotments.abandon(allotments.need([of('a')]));
    expect(allotments.use([of('a')])).toBeUndefined();
    expect(draw(of('a')).many).toEqual([16]);
  });

  it('is one where there is hardly any', () => {
    for (let n = 0; n < 2; n += 1) {
      draw(of('a'));
      useAll(of('a'));
    }
    const needs = allotments.need([of('a')]);
    expect(manyOf(needs)).toEqual([16]);
    allotments.settle(needs, [room(1, 0)], now);
    expect(allotments.use([of('a')])).toBeUndefined();
    expect(manyOf(allotments.need([of('a')]))).toEqual([4]);
  });

  it('is kept for a bounded number of callers', () => {
    for (let n = 0; n < 20_001; n += 1) draw(of(`caller-${n}`));
    expect(draw(of('caller-0')).many).toEqual([1]);
    expect(draw(of('caller-20000')).many).toEqual([4]);
  });
});
