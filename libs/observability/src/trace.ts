import { randomBytes } from 'node:crypto';
import { parseTraceParent } from '@opentelemetry/core';

const SAMPLED = '01';
const POOL_BYTES = 4_096;

/** Random bytes to come: asking the system for a few at a time costs more than all else that a trace does. */
let pool = Buffer.alloc(0);
let used = 0;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** A W3C `traceparent` that starts a trace. */
export function newTraceparent(): string {
  const ids = randomHex(24);
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-${SAMPLED}`;
}

/** A `traceparent` for a new span in the caller's trace; starts a trace where the header is missing or malformed. */
export function continueTrace(header: string | undefined): string {
  const parent = header === undefined ? null : parseTraceParent(header);
  if (parent === null) return newTraceparent();
  const flags = parent.traceFlags.toString(16).padStart(2, '0');
  return `00-${parent.traceId}-${randomHex(8)}-${flags}`;
}

/** The trace id (32 hexadecimal digits) of a well-formed `traceparent`. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
