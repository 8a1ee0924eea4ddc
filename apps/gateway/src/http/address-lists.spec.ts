import { AddressLists } from './address-lists';

describe('the lists of addresses', () => {
  const admit = (lists: { IP_ALLOW?: string[]; IP_DENY?: string[] }, address: string) =>
    new AddressLists({ IP_ALLOW: [], IP_DENY: [], ...lists }).admit(address);

  it('let everybody in where nobody is named', () => {
    expect(admit({}, '203.0.113.7')).toBe(true);
    expect(admit({}, 'unreadable')).toBe(true);
  });

  it('let in those that are named only', () => {
    const lists = { IP_ALLOW: ['10.0.0.0/8', '2001:db8::/32'] };
    expect(admit(lists, '10.1.1.1')).toBe(true);
    expect(admit(lists, '::ffff:10.1.1.1')).toBe(true);
    expect(admit(lists, '2001:db8::1')).toBe(true);
    expect(admit(lists, '2001:db8::1%eth0')).toBe(true);
    expect(admit(lists, '11.1.1.1')).toBe(false);
    expect(admit(lists, '2001:db9::1')).toBe(false);
  });

  it('deny whatever else is said', () => {
    const lists = { IP_ALLOW: ['10.0.0.0/8'], IP_DENY: ['10.9.0.0/16'] };
    expect(admit(lists, '10.8.0.1')).toBe(true);
    expect(admit(lists, '10.9.0.1')).toBe(false);
    expect(admit({ IP_DENY: ['10.9.0.0/16'] }, '::ffff:10.9.0.1')).toBe(false);
    expect(admit({ IP_DENY: ['10.9.0.0/16'] }, '192.0.2.1')).toBe(true);
  });

  it('let in nobody whose address cannot be read', () => {
    expect(admit({ IP_DENY: ['10.9.0.0/16'] }, 'unknown')).toBe(false);
    expect(admit({ IP_DENY: ['10.9.0.0/16'] }, '')).toBe(false);
  });
});
