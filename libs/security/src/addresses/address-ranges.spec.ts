import { AddressRanges } from './address-ranges';

describe('address ranges', () => {
  const ranges = new AddressRanges(['10.0.0.0/8', '203.0.113.7', '2001:db8::/32', '::ffff:192.0.2.0/120']);

  it.each([
    '10.0.0.0',
    '10.255.255.255',
    '203.0.113.7',
    '::ffff:10.1.2.3',
    '::ffff:a01:203',
    '2001:db8::1',
    '2001:db8:ffff::',
    '192.0.2.255',
    '::ffff:192.0.2.1',
  ])('contain %s', (address) => {
    expect(ranges.contains(address)).toBe(true);
  });

  it.each([
    '9.255.255.255',
    '11.0.0.0',
    '203.0.113.8',
    '::10.1.2.3',
    '2001:db9::1',
    '192.0.3.0',
    '10.1',
    '0x0a000001',
    '2001:db8::1%eth0',
    'localhost',
    '',
  ])('do not contain %j', (address) => {
    expect(ranges.contains(address)).toBe(false);
  });

  it('refuse what is no range', () => {
    expect(() => new AddressRanges(['10.0.0.0/33'])).toThrow();
    expect(() => new AddressRanges(['office'])).toThrow();
  });

  it('are empty when nothing is named', () => {
    expect([new AddressRanges([]).empty, ranges.empty]).toEqual([true, false]);
  });
});
