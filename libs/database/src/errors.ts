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

/** SQLSTATE of a statement that was ended because it took too long. */
const TIMED_OUT = '57014';

/** SQLSTATEs of a server that is there but will not serve: starting, stopping, too slow, read-only after a failover, its disk broken. */
const SERVER_CODES = new Set([
  TIMED_OUT,
  '25006',
  '25P03',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '58000',
  '58030',
]);

/** The classes of a connection that broke, and of a server that has no disk, memory or connections left. */
const UNAVAILABLE_CLASSES = /^(08|53)...$/;

/** pg and pg-pool report these without a code. */
const MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|Cannot use a pool after calling end|timeout expired)/;

interface ErrorLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: unknown;
  /** TypeORM's `QueryFailedError` keeps pg's error here. */
  readonly driverError?: unknown;
  readonly cause?: unknown;
}

/** True when the database could not be reached or would not serve: the statement itself was not at fault. */
export function isConnectionFailure(error: unknown): boolean {
  let e = error;
  for (let depth = 0; depth < 5 && typeof e === 'object' && e !== null; depth += 1) {
    const { code, message, errors, driverError, cause } = e as ErrorLike;
    if (typeof code === 'string') {
      if (SOCKET_CODES.has(code) || SERVER_CODES.has(code) || UNAVAILABLE_CLASSES.test(code)) return true;
    } else if (typeof message === 'string' && MESSAGES.test(message)) return true;
    if (Array.isArray(errors) && errors.some(isConnectionFailure)) return true;
    e = driverError ?? cause;
  }
  return false;
}

/** True when the server ended the statement itself because it took too long. */
export function isTimeout(error: unknown): boolean {
  return (error as ErrorLike | null)?.code === TIMED_OUT;
}

/** The error as callers should see it: `DATABASE_UNAVAILABLE` when the database was at fault, else unchanged. */
export function asDatabaseError(error: unknown): unknown {
  if (error instanceof DomainError || !isConnectionFailure(error)) return error;
  return new DomainError({ code: 'DATABASE_UNAVAILABLE' }, { cause: error });
}
