import type { Counter } from '../limit-store';
import { Allotments, type Counted, type Need } from './allotments';

const SECONDS = 256;
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
  /** Draws what a request needs; Redis has room. */
  const draw = (...counters: Counter[]) => {
    const needs = allotments.need(counters);
    const usages = allotments.settle(
      needs,
      needs.map(({ many }) => room(many)),
      now,
    );
    return { many: manyOf(needs), usages };
  };
  const useAll = (counter: Counter) => {
    let used = 0;
    while (allotments.use([counter])) used += 1;
    return used;
  };

  it('is twice as much each time that it was used up, and a thousandth of the limit at most', () => {
    const sizes = Array.from({ length: 7 }, () => {
      const [many = 0] = draw(of('a', 16_384)).many;
      expect(useAll(of('a', 16_384))).toBe(many - 1);
      return many;
    });
    expect(sizes).toEqual([1, 2, 4, 8, 16, 16, 16]);
  });

  it('is lost after its time, and then as much as was used', () => {
    for (let n = 0; n < 5; n += 1) {
      draw(of('a'));
      if (n < 4) useAll(of('a'));
    }
    for (let n = 0; n < 4; n += 1) expect(allotments.use([of('a')])).toBeDefined();
    now += 999;
    expect(allotments.use([of('a')])).toBeDefined();
    now += 1;
    expect(allotments.use([of('a')])).toBeUndefined();
    expect(draw(of('a')).many).toEqual([6]);
  });

  it('says where the caller stands', () => {
    draw(of('a'));
    expect(draw(of('a')).usages).toEqual([{ allowed: true, remaining: 501, resetMs: 1_000 }]);
    now += 400;
    expect(allotments.use([of('a')])).toEqual([{ allowed: true, remaining: 500, resetMs: 600 }]);
  });

  it('is not drawn of limits that are counted exactly', () => {
    for (let n = 0; n < 5; n += 1) expect(draw(of('a', 10_000)).many).toEqual([1]);
    expect(allotments.use([of('a', 10_000)])).toBeUndefined();
  });

  it('is drawn by one at a time; the others take one each', () => {
    draw(of('a'));
    const first = allotments.need([of('a')]);
    expect([manyOf(first), manyOf(allotments.need([of('a')]))]).toEqual([[2], [1]]);
    allotments.settle(first, [room(2)], now);
    expect(useAll(of('a'))).toBe(1);
  });

  it('is given back where another limit refuses, and counted nowhere', () => {
    for (let n = 0; n < 2; n += 1) draw(of('a'));
    const needs = allotments.need([of('a'), of('b', 100)]);
    expect(manyOf(needs)).toEqual([0, 1]);
    expect(allotments.settle(needs, [room(0), full], now)[1]).toMatchObject({ allowed: false });
    expect(useAll(of('a'))).toBe(1);
  });

  it('is drawn anew where nobody knows what became of a draw', () => {
    for (let n = 0; n < 2; n += 1) draw(of('a'));
    useAll(of('a'));
    allotments.abandon(allotments.need([of('a')]));
    expect(allotments.use([of('a')])).toBeUndefined();
    expect(draw(of('a')).many).toEqual([4]);
  });

  it('is one where there is hardly any', () => {
    for (let n = 0; n < 3; n += 1) {
      draw(of('a'));
      useAll(of('a'));
    }
    const needs = allotments.need([of('a')]);
    expect(manyOf(needs)).toEqual([8]);
    allotments.settle(needs, [room(1, 0)], now);
    expect(allotments.use([of('a')])).toBeUndefined();
    expect(manyOf(allotments.need([of('a')]))).toEqual([2]);
  });

  it('is kept for a bounded number of callers', () => {
    for (let n = 0; n < 20_001; n += 1) draw(of(`caller-${n}`));
    expect(draw(of('caller-0')).many).toEqual([1]);
    expect(draw(of('caller-20000')).many).toEqual([2]);
  });
});
