import { randomBytes } from 'node:crypto';
import { parseTraceParent } from '@opentelemetry/core';

const SAMPLED = '01';

/** A W3C `traceparent` that starts a trace. */
export function newTraceparent(): string {
  const id = randomBytes(24).toString('hex');
  return `00-${id.slice(0, 32)}-${id.slice(32)}-${SAMPLED}`;
}

/** A `traceparent` for a new span in the caller's trace; starts a trace where the header is missing or malformed. */
export function continueTrace(header: string | undefined): string {
  const parent = header === undefined ? null : parseTraceParent(header);
  if (parent === null) return newTraceparent();
  const flags = parent.traceFlags.toString(16).padStart(2, '0');
  return `00-${parent.traceId}-${randomBytes(8).toString('hex')}-${flags}`;
}

/** The trace id (32 hexadecimal digits) of a well-formed `traceparent`. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
