import type { CallContext, Operation } from '@signalbox/contracts';

export interface CallOptions {
  /** Milliseconds to wait instead of the operation's own; never beyond the surrounding call's deadline. */
  readonly deadlineMs?: number;
  /** Instead of the surrounding call's context (`CallScope`). */
  readonly context?: Partial<CallContext>;
}

/**
 * Calls operations of other services.
 *
 * Guarantees, whatever the transport: the promise settles within the deadline; input and output pass through JSON, bytes (`operationWithBytes`) beside it;
 * a request whose caller has stopped waiting is not started later. Rejects with `DomainError` only:
 * the handler's own; `SERVICE_UNAVAILABLE` (nobody took it: it was not run, or died with the process that ran it);
 * `DEADLINE_EXCEEDED` (may have run); `INTERNAL` (the handler failed, or its answer cannot be serialised).
 */
export abstract class RpcClient {
  abstract call<In, Out>(operation: Operation<In, Out>, input: In, options?: CallOptions): Promise<Out>;
}
