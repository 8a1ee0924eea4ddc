import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const MAPPED_PREFIX_BITS = 96;

/** Public by its range, yet it answers from inside: the host agent of every Azure machine. */
const INTERNAL_V4 = [ipaddr.IPv4.parseCIDR('168.63.129.16/32')];

/** Decides which addresses outbound requests may reach: the public ones, and those allowed by name. */
export class AddressPolicy {
  private readonly allowed: readonly Range[];

  /** @param allowPrivate addresses or CIDR ranges; an IPv4 range covers its IPv4-mapped IPv6 form too. */
  constructor(allowPrivate: readonly string[]) {
    this.allowed = allowPrivate.map(parseRange);
  }

  /** @param address as the socket would dial it; whatever is not an address is refused. */
  permits(address: string): boolean {
    // A zone (`fe80::1%eth0`) names an interface of this machine: never a public address.
    if (isIP(address) === 0 || address.includes('%')) return false;
    const plain = ipaddr.process(isIP(address) === 6 ? withoutDots(address) : address);
    return this.allowed.some((range) => within(plain, range)) || isPublic(plain);
  }
}

/** ipaddr.js takes `::8.8.8.8` for `::ffff:8.8.8.8`; in hexadecimal there is nothing to mistake. */
function withoutDots(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function isPublic(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) {
    return address.range() === 'unicast' && !INTERNAL_V4.some((range) => within(address, range));
  }
  // A DNS64 network reaches public IPv4 hosts this way. The other embeddings (6to4, Teredo, IPv4-compatible,
  // IPv4-translated) are extinct outside attacks and fall to the range check.
  if (within(address, NAT64)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return within(address, GLOBAL_UNICAST) && address.range() === 'unicast';
}

function within(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

function parseRange(text: string): Range {
  const [address, bits]: Range = text.includes('/')
    ? ipaddr.parseCIDR(text)
    : wholeAddress(ipaddr.parse(text));
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_PREFIX_BITS) {
    return [address.toIPv4Address(), bits - MAPPED_PREFIX_BITS];
  }
  return [address, bits];
}

function wholeAddress(address: Address): Range {
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
