import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

const MAPPED_PREFIX_BITS = 96;

/** Addresses and CIDR ranges of both families. An IPv4 range covers its IPv4-mapped IPv6 form too, and the other way round. */
export class AddressRanges {
  private readonly ranges: readonly Range[];

  /** @throws Error for what is neither an address nor a CIDR range */
  constructor(texts: readonly string[]) {
    this.ranges = texts.map(parseRange);
  }

  get empty(): boolean {
    return this.ranges.length === 0;
  }

  /** False for whatever is not an address, and for one with a zone (`fe80::1%eth0`). */
  contains(address: string): boolean {
    const plain = plainAddress(address);
    return plain !== undefined && this.covers(plain);
  }

  covers(address: Address): boolean {
    return this.ranges.some((range) => address.kind() === range[0].kind() && address.match(range));
  }
}

/** An address in its simplest form: IPv4-mapped IPv6 as IPv4. Undefined for whatever is none, or has a zone. */
export function plainAddress(text: string): Address | undefined {
  const version = isIP(text);
  if (version === 0 || text.includes('%')) return undefined;
  return ipaddr.process(version === 6 ? withoutDots(text) : text);
}

/** ipaddr.js takes `::8.8.8.8` for `::ffff:8.8.8.8`; in hexadecimal there is nothing to mistake. */
function withoutDots(address: string): string {
  return address.includes('.') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
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
