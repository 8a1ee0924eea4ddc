import { DomainError } from '@signalbox/contracts';

/** Node's codes of a connection that could not be made or broke. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** SQLSTATEs of a server that is there but will not serve: starting, stopping, full, too slow, read-only after a failover. */
const SERVER_CODES = new Set(['25006', '53300', '57014', '57P01', '57P02', '57P03', '57P05', '25P03']);

/** pg and pg-pool report these without a code. */
const MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end|timeout expired)/;

/** True when the database could not be reached or would not serve: the statement itself was not at fault. */
export function isConnectionFailure(error: unknown): boolean {
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 5; depth += 1) {
    const { code, driverError } = e as { code?: unknown; driverError?: unknown };
    if (typeof code === 'string') {
      if (SOCKET_CODES.has(code) || SERVER_CODES.has(code) || /^08...$/.test(code)) return true;
    } else if (MESSAGES.test(e.message)) return true;
    if (e instanceof AggregateError && e.errors.some(isConnectionFailure)) return true;
    e = driverError ?? e.cause;
  }
  return false;
}

/** The error as callers should see it: `DATABASE_UNAVAILABLE` when the database was at fault, else unchanged. */
export function asDatabaseError(error: unknown): unknown {
  if (error instanceof DomainError || !isConnectionFailure(error)) return error;
  return new DomainError({ code: 'DATABASE_UNAVAILABLE' }, { cause: error });
}
