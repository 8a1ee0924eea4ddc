/** So many requests in any window of that length. */
export interface LimitPolicy {
  /** Name in `RateLimit-Policy`. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** One policy as it binds one client. */
export interface Counter {
  readonly policy: LimitPolicy;
  /** Whose requests are counted together; unique within the policy. */
  readonly key: string;
}

export interface Usage {
  /** False: there is no room for this request. */
  readonly allowed: boolean;
  readonly remaining: number;
  /**
   * Milliseconds until the oldest counted request leaves the window, or where there is no room until there is some; the whole
   * window where none is counted.
   */
  readonly resetMs: number;
}

/** Counts requests over sliding windows. May be shared by every gateway, or belong to this process. */
export abstract class LimitStore {
  /** Counts one request in each of `counters`, unless one of them has no room: then in none. Answers in their order. */
  abstract take(counters: readonly Counter[]): readonly Usage[] | Promise<readonly Usage[]>;
  /** What a request would meet, counting none. */
  abstract peek(counters: readonly Counter[]): readonly Usage[] | Promise<readonly Usage[]>;
  /**
   * Takes back one request that `take` counted a moment ago: of each counter the newest, which may have come a little later. What
   * cannot be taken back in time, or is not there, is left as it is; never throws.
   */
  abstract giveBack(counters: readonly Counter[]): void;
}

/** Limits up to this are exact, however the requests come. */
const EXACT_UP_TO = 10_000;
/** Of a larger one, how much of the window requests may be counted longer than they should, or at least so long. */
const CLOSENESS = 1 / 256;
const CLOSE_MS = 20;

/**
 * Requests that come within so many milliseconds may be counted as if all of them had come with the last: it bounds what a
 * window remembers, and never lets in more than the limit.
 */
export function resolutionMs({ limit, windowSeconds }: LimitPolicy): number {
  return limit <= EXACT_UP_TO ? 0 : Math.max(CLOSE_MS, windowSeconds * 1000 * CLOSENESS);
}
