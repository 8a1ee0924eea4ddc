import type { ServiceName } from './service';

/** Whether running an operation twice can do harm: a `query` may be run again, a `command` may not. */
export type OperationKind = 'query' | 'command';

/**
 * One typed contract shared by the handler, the caller and the tests.
 * `@Handles(op)` and `rpc.call(op, input)` do not compile when they disagree about it.
 */
export interface Operation<In, Out> {
  readonly service: ServiceName;
  /** Unique within the service, e.g. `webhooks.create`. */
  readonly name: string;
  readonly kind: OperationKind;
  /** How long a caller waits unless it says otherwise, in milliseconds. */
  readonly deadlineMs: number;
  /** The field of the input that holds bytes. It travels beside the JSON as it is, and must be there in every input. */
  readonly bytes?: string;
  /** Types only: never set. */
  readonly types?: { in: In; out: Out };
}

/** Long enough for a slow query, short enough that a person still waits. */
export const DEFAULT_DEADLINE_MS = 10_000;

export function operation<In, Out>(
  service: ServiceName,
  name: string,
  kind: OperationKind,
  deadlineMs: number = DEFAULT_DEADLINE_MS,
): Operation<In, Out> {
  return { service, name, kind, deadlineMs };
}

/** An operation whose input has bytes in that field. Nobody may write into them: within a process they are not copied. */
export function operationWithBytes<In, Out>(
  operation: Operation<In, Out>,
  bytes: { [K in keyof In]: In[K] extends Buffer ? K : never }[keyof In] & string,
): Operation<In, Out> {
  return { ...operation, bytes };
}
