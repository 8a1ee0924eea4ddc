import ipaddr from 'ipaddr.js';
import { AddressRanges, plainAddress } from '../addresses/address-ranges';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const NAT64 = new AddressRanges(['64:ff9b::/96']);
const GLOBAL_UNICAST = new AddressRanges(['2000::/3']);

/** Public by its range, yet it answers from inside: the host agent of every Azure machine. */
const INTERNAL_V4 = new AddressRanges(['168.63.129.16']);

/** Decides which addresses outbound requests may reach: the public ones, and those allowed by name. */
export class AddressPolicy {
  private readonly allowed: AddressRanges;

  /** @param allowPrivate addresses or CIDR ranges; an IPv4 range covers its IPv4-mapped IPv6 form too. */
  constructor(allowPrivate: readonly string[]) {
    this.allowed = new AddressRanges(allowPrivate);
  }

  /** @param address as the socket would dial it; whatever is not an address is refused, and so is one with a zone. */
  permits(address: string): boolean {
    const plain = plainAddress(address);
    return plain !== undefined && (this.allowed.covers(plain) || isPublic(plain));
  }
}

function isPublic(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' && !INTERNAL_V4.covers(address);
  // A DNS64 network reaches public IPv4 hosts this way. The other embeddings (6to4, Teredo, IPv4-compatible,
  // IPv4-translated) are extinct outside attacks and fall to the range check.
  if (NAT64.covers(address)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return GLOBAL_UNICAST.covers(address) && address.range() === 'unicast';
}
