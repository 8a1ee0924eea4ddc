export const OUTBOUND_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export type OutboundMethod = (typeof OUTBOUND_METHODS)[number];

export interface OutboundRequest {
  readonly method: OutboundMethod;
  /** Absolute `http:` or `https:` URL without user information. */
  readonly url: string;
  /** `Host` and `Connection` are the client's own and refused here. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /**
   * Milliseconds from `send()` to the last byte of the answer: waiting for a free connection, name lookup, connecting,
   * sending and receiving. Bytes that arrive in between do not prolong it.
   */
  readonly timeoutMs: number;
  /** Bytes of the answer's body that are kept. */
  readonly responseLimitBytes: number;
  readonly signal?: AbortSignal;
}

export interface OutboundResponse {
  readonly status: number;
  /** Lower-case names; at most 64 of them, each value cut at 2048 characters, repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** As UTF-8: invalid bytes are replaced by U+FFFD and NUL characters removed, so that any database can store it. */
  readonly body: string;
  /** The answer had more body than `responseLimitBytes`. */
  readonly truncated: boolean;
  /** Milliseconds since `send()`, rounded. */
  readonly durationMs: number;
}
