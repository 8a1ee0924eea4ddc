import { randomUUID } from 'node:crypto';
import { SYSTEM, type CallContext, type Operation } from '@signalbox/contracts';
import { CallScope, newTraceparent } from '@signalbox/observability';
import type { CallOptions } from './rpc-client';

/** What goes along with a call made now: what the caller says, else the surrounding call's, else the hub's own. */
export function outgoingContext(
  operation: Operation<unknown, unknown>,
  options: CallOptions | undefined,
  now: number,
): CallContext {
  const given = options?.context;
  const surrounding = CallScope.current();
  return {
    requestId: given?.requestId ?? surrounding?.requestId ?? randomUUID(),
    traceparent: given?.traceparent ?? surrounding?.traceparent ?? newTraceparent(),
    principal: given?.principal ?? surrounding?.principal ?? SYSTEM,
    origin: given?.origin ?? surrounding?.origin,
    deadline: Math.min(
      now + (options?.deadlineMs ?? operation.deadlineMs),
      given?.deadline ?? Infinity,
      surrounding?.deadline ?? Infinity,
    ),
    idempotencyId: given?.idempotencyId ?? surrounding?.idempotencyId,
  };
}
