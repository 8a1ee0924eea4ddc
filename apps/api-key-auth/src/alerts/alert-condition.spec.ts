import { perCent, rounded, stateOf } from './alert-condition';

describe('the condition of an alert', () => {
  it.each([
    ['gt', 'ok', 'ok', 'firing'],
    ['gte', 'ok', 'firing', 'firing'],
    ['lt', 'firing', 'ok', 'ok'],
    ['lte', 'firing', 'firing', 'ok'],
  ] as const)('%s: below %s, at the threshold %s, above %s', (operator, below, at, above) => {
    const state = (value: number) => stateOf(value, { operator, threshold: 5 });
    expect([state(4.9999), state(5), state(5.0001)]).toEqual([below, at, above]);
  });

  it.each(['gt', 'gte', 'lt', 'lte'] as const)('%s does not hold of nothing', (operator) => {
    expect(stateOf(null, { operator, threshold: 0 })).toBe('ok');
  });

  it('takes nought for a value', () => {
    expect(stateOf(0, { operator: 'lt', threshold: 1 })).toBe('firing');
    expect(stateOf(0, { operator: 'gte', threshold: 0 })).toBe('firing');
  });
});

describe('a share', () => {
  it.each([
    [1, 3, 33.3333],
    [2, 3, 66.6667],
    [7, 100, 7],
    [0, 5, 0],
    [5, 5, 100],
    [3, 2, 150],
    [0, 0, null],
  ])('%d of %d is %s per cent', (part, whole, share) => {
    expect(perCent(part, whole)).toBe(share);
  });

  it('has no more digits than are told', () => {
    expect(rounded(0.1 + 0.2)).toBe(0.3);
  });
});
