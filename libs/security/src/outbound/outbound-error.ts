import { errors } from 'undici';

/** Stable causes of a request that got no complete answer. */
export type OutboundErrorCode =
  /** Every address of the host is private or reserved, and none of them is allowed. Nothing was dialled. */
  | 'blocked_address'
  | 'dns_failed'
  | 'connect_failed'
  | 'tls_failed'
  | 'timeout'
  /** The connection ended before the answer did. The request may have been processed. */
  | 'reset'
  /** What came back is not HTTP/1.1, or its head is over the limit. */
  | 'protocol_error'
  /** The caller's signal, or the client was closed. */
  | 'aborted'
  | 'invalid_url'
  /** A method or header that must not or cannot be sent. */
  | 'invalid_request';

/**
 * Why a request failed. The message names the host at most: never the path, query, user information, headers or body,
 * nor the addresses a name resolves to, so that it may be shown to whoever chose the URL.
 */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';

  constructor(
    readonly code: OutboundErrorCode,
    message: string,
  ) {
    super(message);
  }
}

const PROTOCOL_ERRORS = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);
const CLOSED = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_ABORTED', 'UND_ERR_ABORT']);

/** @param sent whether any byte of the request may have left: parts failing to connect from failing afterwards. */
export function toOutboundError(cause: Error, origin: string, sent: boolean): OutboundError {
  if (cause instanceof OutboundError) return cause;
  const code = errorCode(cause);
  if (CLOSED.has(code)) return new OutboundError('aborted', `The request to ${origin} was aborted.`);
  return sent ? afterSending(cause, code, origin) : whileConnecting(cause, code, origin);
}

/** Nothing was sent, and another connection may succeed: an idle connection that the other side had just reset. */
export function isStaleConnection(cause: Error): boolean {
  const code = errorCode(cause);
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function whileConnecting(cause: Error, code: string, origin: string): OutboundError {
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new OutboundError('timeout', `Connecting to ${origin} took too long.`);
  }
  if (cause.name === 'AggregateError' || ('syscall' in cause && cause.syscall === 'connect')) {
    return new OutboundError('connect_failed', `Could not connect to ${origin} (${code || 'unreachable'}).`);
  }
  if (origin.startsWith('https:')) {
    return new OutboundError('tls_failed', `TLS with ${origin} failed (${code || 'handshake'}).`);
  }
  return new OutboundError('connect_failed', `Could not connect to ${origin} (${code || 'closed'}).`);
}

function afterSending(cause: Error, code: string, origin: string): OutboundError {
  const violation = cause.message === 'bad response' || cause.message === 'bad upgrade';
  if (violation || cause instanceof errors.HTTPParserError || PROTOCOL_ERRORS.has(code)) {
    return new OutboundError('protocol_error', `The answer of ${origin} is not valid HTTP/1.1.`);
  }
  return new OutboundError('reset', `${origin} closed the connection before its answer was complete.`);
}

function errorCode(cause: Error): string {
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
