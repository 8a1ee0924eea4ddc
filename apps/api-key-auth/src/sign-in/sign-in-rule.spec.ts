import { LONGEST_WAIT_SECONDS, networkOf, waitsAfter } from './sign-in-rule';

const FREE = 5;
const after = (pair: number, address = pair, account = pair) => waitsAfter({ pair, address, account }, FREE);

describe('waitsAfter', () => {
  it('costs nothing at first, then twice as much each time, and never more than a quarter of an hour', () => {
    const pairs = Array.from({ length: 20 }, (_, i) => after(i + 1).pair);
    expect(pairs.slice(0, 8)).toEqual([0, 0, 0, 0, 1, 2, 4, 8]);
    expect(pairs.at(-1)).toBe(LONGEST_WAIT_SECONDS);
  });

  it('counts a failure that is not quite forgiven', () => {
    expect(after(4.0001).pair).toBe(1);
  });

  it('makes an address that fails for many accounts wait for all of them', () => {
    expect(after(1, 49, 1)).toEqual({ pair: 0, address: 0 });
    expect(after(1, 50, 1)).toEqual({ pair: 0, address: 1 });
    expect(after(1, 500, 1)).toEqual({ pair: 0, address: LONGEST_WAIT_SECONDS });
  });

  it('makes each address wait after its first failure when an account is attacked from many', () => {
    expect(after(1, 1, 99)).toEqual({ pair: 0, address: 0 });
    expect(after(1, 1, 100)).toEqual({ pair: 30, address: 0 });
    expect(after(3, 3, 100)).toEqual({ pair: 120, address: 0 });
  });
});

describe('networkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:0:1::1', '2001:db8:0:1:0:0:0:2'],
  ])('takes %s and %s for the same', (one, other) => {
    expect(networkOf(one)).toBe(networkOf(other));
  });

  it('tells networks apart', () => {
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8:0:2::1'));
    expect(networkOf('203.0.113.7')).not.toBe(networkOf('203.0.113.8'));
  });
});
