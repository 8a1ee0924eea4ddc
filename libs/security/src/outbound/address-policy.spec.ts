import { AddressPolicy } from './address-policy';

const PRIVATE = [
  // this network, loopback, private, shared, link-local and cloud metadata
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  '169.254.169.254',
  '168.63.129.16',
  // protocol assignments, documentation, 6to4 relay, benchmarking, reserved, multicast, broadcast
  '192.0.0.1',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.19.255.255',
  '240.0.0.1',
  '224.0.0.1',
  '239.255.255.255',
  '255.255.255.255',
  // IPv6: unspecified, loopback, link-local, site-local, unique local, multicast, discard, documentation
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
  'fe80::1',
  'febf::1',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '100::1',
  '2001:db8::1',
  '3fff::1',
  '5f00::1',
  // IPv4 inside IPv6: mapped, compatible, translated, NAT64, local NAT64, 6to4, Teredo
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '::127.0.0.1',
  '::8.8.8.8',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::8.8.8.8',
  '2002:7f00:1::1',
  '2002:808:808::1',
  '2001:0:4136:e378:8000:63bf:80ff:fffe',
  // outside what is allocated
  '1::1',
  '4000::1',
  'e000::1',
  // zones
  'fe80::1%eth0',
  '2606:4700::1111%lo',
  '::1%lo',
];

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '169.253.0.1',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2606:4700::1111',
  '2a00:1450:4001:80b::200e',
];

const NOT_ADDRESSES = [
  '',
  'localhost',
  '127.1',
  '0x7f000001',
  '2130706433',
  '0177.0.0.1',
  '127.0.0.1:80',
  '[::1]',
  '8.8.8.8 ',
];

describe('AddressPolicy', () => {
  const strict = new AddressPolicy([]);

  it.each(PRIVATE)('refuses %s', (address) => {
    expect(strict.permits(address)).toBe(false);
  });

  it.each(PUBLIC)('permits %s', (address) => {
    expect(strict.permits(address)).toBe(true);
  });

  it.each(NOT_ADDRESSES)('refuses %j, which no socket dials as an address', (address) => {
    expect(strict.permits(address)).toBe(false);
  });

  describe('with an allow list', () => {
    const policy = new AddressPolicy(['127.0.0.0/8', '10.1.2.3', 'fd12::/16', '::ffff:192.168.7.0/120']);

    it.each([
      '127.0.0.1',
      '127.9.9.9',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '10.1.2.3',
      'fd12::5',
      '192.168.7.9',
      '8.8.8.8',
    ])('permits %s', (address) => {
      expect(policy.permits(address)).toBe(true);
    });

    it.each([
      '10.1.2.4',
      '::1',
      'fd13::1',
      '192.168.8.1',
      '64:ff9b::127.0.0.1',
      '2002:7f00:1::1',
      '::127.0.0.1',
      'fd12::5%lo',
    ])('still refuses %s', (address) => {
      expect(policy.permits(address)).toBe(false);
    });

    it('refuses a list that is none', () => {
      expect(() => new AddressPolicy(['localhost'])).toThrow();
      expect(() => new AddressPolicy(['10.0.0.0/99'])).toThrow();
    });
  });
});
