/**
 * The error catalogue. A service throws a code; the wire carries it as data; each surface decides what status and
 * published code it becomes. `log` is the level at which the gateway reports it.
 */
export const ERROR_CODES = {
  VALIDATION_FAILED: { log: 'debug' },
  MALFORMED_BODY: { log: 'debug' },
  UNAUTHENTICATED: { log: 'debug' },
  FORBIDDEN: { log: 'info' },
  NOT_FOUND: { log: 'debug' },
  METHOD_NOT_ALLOWED: { log: 'debug' },
  CONFLICT: { log: 'debug' },
  PAYLOAD_TOO_LARGE: { log: 'debug' },
  UNSUPPORTED_MEDIA_TYPE: { log: 'debug' },
  RATE_LIMITED: { log: 'debug' },
  /** The receiver of a test delivery refused it or failed; `details` carries what came back. */
  RECEIVER_FAILED: { log: 'debug' },
  DATABASE_UNAVAILABLE: { log: 'error' },
  CACHE_UNAVAILABLE: { log: 'error' },
  /** The service is not there: nobody took the request. It was not run. */
  SERVICE_UNAVAILABLE: { log: 'error' },
  /** The service took too long. It may have run. */
  DEADLINE_EXCEEDED: { log: 'error' },
  INTERNAL: { log: 'error' },
} as const satisfies Record<string, { log: 'debug' | 'info' | 'error' }>;
export type ErrorCode = keyof typeof ERROR_CODES;

/** What kind of thing was not found or is in conflict: surfaces have different codes for them. */
export type ResourceKind =
  | 'webhook'
  | 'delivery'
  | 'event_type'
  | 'user'
  | 'session'
  | 'api_key'
  | 'plugin'
  | 'integration'
  | 'inbound_endpoint'
  | 'inbound_event'
  | 'route'
  | 'resource';

/** One thing wrong with one field. `key` picks the sentence from the catalogue of messages, `params` fill it in. */
export interface FieldProblem {
  /** Path as the caller wrote it: `retry_config.max_retries`, `events[1]`. */
  readonly field: string;
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

export interface DomainErrorData {
  readonly code: ErrorCode;
  readonly resource?: ResourceKind;
  /** Names a sentence in the catalogue of messages; without it the code's own is used. */
  readonly messageKey?: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly fields?: readonly FieldProblem[];
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** The only error that crosses the wire as itself. Anything else arrives as `INTERNAL`, its text kept in the log. */
export class DomainError extends Error {
  readonly data: DomainErrorData;

  constructor(data: DomainErrorData, options?: { cause?: unknown }) {
    super(data.messageKey ?? data.code, options);
    this.name = 'DomainError';
    this.data = data;
  }

  get code(): ErrorCode {
    return this.data.code;
  }

  static invalid(...fields: FieldProblem[]): DomainError {
    return new DomainError({ code: 'VALIDATION_FAILED', fields });
  }

  static notFound(resource: ResourceKind): DomainError {
    return new DomainError({ code: 'NOT_FOUND', resource });
  }

  static conflict(resource: ResourceKind, messageKey?: string): DomainError {
    return new DomainError({ code: 'CONFLICT', resource, messageKey });
  }
}
