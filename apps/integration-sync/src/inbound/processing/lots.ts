import type { EndpointRules } from '../endpoints/endpoints.repository';
import { weightOf } from './claims.repository';
import { AT_ONCE } from './forwarder';
import type { InHand } from './hand';

/** Bytes of what is sent at once, by all rules together, whatever a single one needs. */
const AT_ONCE_WEIGHT = 16 * 1024 * 1024;

/** A delivery that tells of more events is sent a part after the other, which may take minutes. */
export const MOST_OF_SHORT = AT_ONCE;

export function isLong({ arrival }: InHand): boolean {
  return arrival.events.length > MOST_OF_SHORT;
}

/** Those that are processed at once, each lot bounded by what its rules may send. */
export function lotsOf(
  events: readonly InHand[],
  rules: ReadonlyMap<string, EndpointRules>,
): readonly (readonly InHand[])[] {
  const lots: InHand[][] = [];
  let weight = Infinity;
  for (const one of events) {
    const own = weightOf(one.bytes, one.arrival.events.length);
    const sent = own * Math.max(1, rules.get(one.arrival.endpointId)?.rules.length ?? 0);
    if (weight + sent > AT_ONCE_WEIGHT) {
      lots.push([]);
      weight = 0;
    }
    lots.at(-1)?.push(one);
    weight += sent;
  }
  return lots;
}
