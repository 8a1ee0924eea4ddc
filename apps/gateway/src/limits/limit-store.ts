/** So many requests in any window of that length. */
export interface LimitPolicy {
  /** Name in `RateLimit-Policy`. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface Usage {
  /** False: this request is one too many, and was not counted. */
  readonly allowed: boolean;
  readonly remaining: number;
  /** Milliseconds until the oldest counted request leaves the window; the whole window where none is counted. */
  readonly resetMs: number;
}

/** Counts requests over a sliding window. May be shared by every gateway, or belong to this process. */
export abstract class LimitStore {
  /** Counts one request of `key`, unless that would be over the limit. */
  abstract take(key: string, policy: LimitPolicy): Usage | Promise<Usage>;
  /** What a request would meet, counting none. */
  abstract peek(key: string, policy: LimitPolicy): Usage | Promise<Usage>;
}
