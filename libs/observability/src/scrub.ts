import { isNativeError } from 'node:util/types';
import { isSecretName } from '@signalbox/security';

export const REDACTED = '[redacted]';

const MAX_DEPTH = 8;
const MAX_ENTRIES = 100;
const MAX_TEXT = 8_192;

/** What a database error repeats of the statement: stored secrets and customers' data among it. */
const ROW_DATA = new Set(['parameters', 'detail', 'where', 'internalQuery', 'driverError']);

const IN_TEXT: readonly [RegExp, string][] = [
  // Connection URLs: postgres://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@"\\]*):[^\s/@"\\]+@/gi, `$1:${REDACTED}@`],
  [/\b(Bearer|Basic|ApiKey)\s+[\w~+/=.-]{8,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, REDACTED],
  [/\bwhsec_[\w+/=-]+/g, REDACTED],
  // API keys, of which the first characters may be told
  [/\b((?:eak|ocr)_[\w-]{4})[\w-]{20,}/g, `$1${REDACTED}`],
];

/** Replaces what looks like a secret inside running text: passwords in URLs, credentials, tokens, signing secrets. */
export function scrubText(text: string): string {
  return IN_TEXT.reduce((done, [pattern, replacement]) => done.replace(pattern, replacement), text);
}

/**
 * A copy that is safe to log: values under secret-looking keys are replaced at any depth, errors become plain
 * objects with their causes, and depth, breadth and text length are bounded. Never throws.
 * @param isSecret names further keys whose values are secret
 */
export function scrub(value: unknown, isSecret: (key: string) => boolean = () => false): unknown {
  const above = new Set<object>();

  const visit = (current: unknown, depth: number): unknown => {
    if (typeof current === 'string') return shorten(current);
    if (typeof current === 'bigint') return current.toString();
    if (typeof current === 'function' || typeof current === 'symbol') return undefined;
    if (typeof current !== 'object' || current === null) return current;
    if (above.has(current)) return '[circular]';
    if (depth >= MAX_DEPTH) return '[too deep]';
    above.add(current);
    try {
      return visitObject(current, depth + 1);
    } catch {
      return '[unreadable]';
    } finally {
      above.delete(current);
    }
  };

  const visitObject = (current: object, depth: number): unknown => {
    if (isNativeError(current) || current instanceof Error) return visitError(current, depth);
    if (ArrayBuffer.isView(current)) return `[${current.byteLength} bytes]`;
    if (current instanceof Map || current instanceof Set) return visit([...current], depth);
    if (Array.isArray(current)) return current.slice(0, MAX_ENTRIES).map((item) => visit(item, depth));
    if (speaksJson(current)) return visit(current.toJSON(), depth);
    return visitEntries(Object.entries(current), depth);
  };

  const visitEntries = (entries: [string, unknown][], depth: number): Record<string, unknown> =>
    Object.fromEntries(
      entries
        .slice(0, MAX_ENTRIES)
        .map(([key, item]) => [key, hides(key, item) ? REDACTED : visit(item, depth)]),
    );

  const visitError = (error: Error, depth: number): Record<string, unknown> => ({
    type: error.name,
    message: shorten(error.message),
    stack: error.stack === undefined ? undefined : shorten(error.stack),
    ...visitEntries(
      Object.entries(error).filter(([key]) => !ROW_DATA.has(key)),
      depth,
    ),
    ...(error.cause === undefined ? {} : { cause: visit(error.cause, depth) }),
    ...('errors' in error ? { errors: visit(error.errors, depth) } : {}),
  });

  const hides = (key: string, item: unknown): boolean =>
    item !== null && item !== undefined && typeof item !== 'boolean' && (isSecretName(key) || isSecret(key));

  return visit(value, 0);
}

function speaksJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT
    ? text
    : `${text.slice(0, MAX_TEXT)}… [${text.length - MAX_TEXT} characters left out]`;
}
