import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What has failed lately; each is forgiven after a while. */
export interface Failures {
  /** Of this account from this address, the one just now included. */
  readonly pair: number;
  /** From this address, whatever the account. */
  readonly address: number;
  /** Of this account, from wherever. */
  readonly account: number;
}

/** Seconds that must pass before the next attempt. */
export interface Waits {
  readonly pair: number;
  readonly address: number;
}

/** A failure of its kind is forgiven each time so many seconds have passed. */
export const FORGIVEN_EVERY_SECONDS = { pair: 900, address: 60, account: 60 } as const;
export const LONGEST_WAIT_SECONDS = 900;
/** An address may fail for more accounts than one: many people share some. */
const ADDRESS_FACTOR = 10;
/** So many failures of one account, by the number that one address has free, are an attack from many addresses. */
const ACCOUNT_FACTOR = 20;
/** Then an address that fails once waits that long. */
const WAIT_UNDER_ATTACK_SECONDS = 30;

/**
 * How long to wait after a failure: nothing for the first `free - 1`, then one second, doubled by each further one. What many
 * addresses do to an account makes each of them wait longer, and never takes its first attempt from an address.
 */
export function waitsAfter({ pair, address, account }: Failures, free: number): Waits {
  // A part of a failure that is not forgiven yet counts whole.
  const attacked = account >= free * ACCOUNT_FACTOR;
  return {
    pair: attacked
      ? doubled(WAIT_UNDER_ATTACK_SECONDS, Math.ceil(pair) - 1)
      : doubled(1, Math.ceil(pair) - free),
    address: doubled(1, Math.ceil(address) - free * ADDRESS_FACTOR),
  };
}

function doubled(seconds: number, times: number): number {
  return times < 0 ? 0 : Math.min(LONGEST_WAIT_SECONDS, seconds * 2 ** times);
}

/** Whoever has one IPv6 address has its whole /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? `${parsed.parts.slice(0, 4).join(':')}::/64` : parsed.toString();
}
