import { type Claim, weightOf } from './claims.repository';
import type { Arrival } from './forwarder';

/** Events in hand and what they weigh, beyond which the others are left to whoever finds them due. */
const MOST = 512;
const MOST_WEIGHT = 16 * 1024 * 1024;

/** An event that nobody else processes while its claim lasts. */
export interface InHand {
  readonly claim: Claim;
  readonly arrival: Arrival;
  /** This one included. */
  readonly attempts: number;
  /** Unix time in milliseconds. */
  readonly receivedAt: number;
  /** Of the body. */
  readonly bytes: number;
}

/** What was claimed and not begun with yet, in the order in which it is to be processed. */
export class Hand {
  private events: InHand[] = [];
  private weight = 0;

  get size(): number {
    return this.events.length;
  }

  get room(): { readonly events: number; readonly weight: number } {
    return { events: MOST - this.events.length, weight: MOST_WEIGHT - this.weight };
  }

  add(event: InHand): void {
    this.events.push(event);
    this.weight += weight(event);
  }

  /** Before all others. */
  addFirst(events: readonly InHand[]): void {
    this.events.unshift(...events);
    for (const one of events) this.weight += weight(one);
  }

  /** The first so many, which stay in hand. */
  first(most: number): readonly InHand[] {
    return this.events.slice(0, most);
  }

  remove(events: readonly InHand[]): void {
    const gone = new Set(events);
    this.events = this.events.filter((one) => !gone.has(one));
    this.weight = this.events.reduce((sum, one) => sum + weight(one), 0);
  }

  /** @param since by `performance.now()` */
  removeClaimedBefore(since: number): readonly InHand[] {
    const old = this.events.filter(({ claim }) => claim.at < since);
    if (old.length > 0) this.remove(old);
    return old;
  }
}

function weight({ bytes, arrival }: InHand): number {
  return weightOf(bytes, arrival.events.length);
}
