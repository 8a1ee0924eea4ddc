import type { Principal } from './principal';

/** Where a request came from. */
export interface CallOrigin {
  /** Behind trusted proxies. */
  readonly address: string;
  /** `User-Agent`, cut short. */
  readonly agent: string;
  readonly surface: string;
}

/** What travels along with every operation, over every transport. */
export interface CallContext {
  readonly requestId: string;
  /** W3C `traceparent`. */
  readonly traceparent: string;
  readonly principal: Principal;
  /** Of the request that led to the call; not set where the hub acts by itself. */
  readonly origin?: CallOrigin;
  /** When the caller stops waiting: Unix time in milliseconds. A handler is not started after it. */
  readonly deadline: number;
  /**
   * A UUID that stays the same when the caller repeats the request (`Idempotency-Key`): whoever creates something
   * uses it as the id of what it creates, so that running twice creates once.
   */
  readonly idempotencyId?: string;
}
