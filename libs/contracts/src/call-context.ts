import type { Principal } from './principal';

/** What travels along with every operation, over every transport. */
export interface CallContext {
  readonly requestId: string;
  /** W3C `traceparent`. */
  readonly traceparent: string;
  readonly principal: Principal;
  /** When the caller stops waiting: Unix time in milliseconds. A handler is not started after it. */
  readonly deadline: number;
  /**
   * A UUID that stays the same when the caller repeats the request (`Idempotency-Key`): whoever creates something
   * uses it as the id of what it creates, so that running twice creates once.
   */
  readonly idempotencyId?: string;
}
