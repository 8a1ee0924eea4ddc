import { isUtf8 } from 'node:buffer';
import { throwFault } from './locate-fault';
import { StrictJsonError } from './strict-json-error';

export interface StrictJsonOptions {
  /** Deepest nesting of arrays and objects (64). */
  readonly maxDepth?: number;
}

const DEFAULT_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Parses JSON (RFC 8259) and refuses what `JSON.parse` lets through although two readers may understand it differently
 * or PostgreSQL cannot store it: invalid UTF-8 and lone surrogates, NUL characters, a key given twice, `__proto__` and
 * `constructor.prototype`, and nesting deeper than `maxDepth`. Time and memory are linear in the input, whatever it is.
 *
 * @throws StrictJsonError
 */
export function parseStrictJson(raw: Buffer, { maxDepth = DEFAULT_DEPTH }: StrictJsonOptions = {}): unknown {
  if (!isUtf8(raw)) throw new StrictJsonError('invalid_utf8', '', null);
  const keys = countKeys(raw, maxDepth);
  if (keys === TOO_DEEP) throwFault(raw, maxDepth);
  const text = raw.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throwFault(raw, maxDepth);
  }
  // Without an escape no string can hold a NUL or half a surrogate pair.
  const held = countHeldKeys(value, text.includes('\\u'));
  // A key that came twice is held once.
  if (held !== keys) throwFault(raw, maxDepth);
  return value;
}

const TOO_DEEP = -1;

/** Keys that the text spells out: colons outside strings. */
function countKeys(raw: Buffer, maxDepth: number): number {
  const { length } = raw;
  let keys = 0;
  let depth = 0;
  for (let i = 0; i < length; i += 1) {
    const byte = raw[i];
    if (byte === QUOTE) {
      for (i += 1; i < length; i += 1) {
        const inside = raw[i];
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) i += 1;
      }
    } else if (byte === COLON) {
      keys += 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > maxDepth) return TOO_DEEP;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
    }
  }
  return keys;
}

/** NaN, which equals no count, when something is not allowed. */
function countHeldKeys(value: unknown, escapes: boolean): number {
  let keys = 0;
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const item = pending.pop();
    if (typeof item === 'string') {
      if (escapes && !isStorable(item)) return NaN;
    } else if (Array.isArray(item)) {
      for (const element of item) pending.push(element);
    } else if (typeof item === 'object' && item !== null) {
      const held = item as Record<string, unknown>;
      for (const key in held) {
        const inner = held[key];
        if (isForbidden(key, inner) || (escapes && !isStorable(key))) return NaN;
        keys += 1;
        if (escapes || typeof inner === 'object') pending.push(inner);
      }
    }
  }
  return keys;
}

function isForbidden(key: string, value: unknown): boolean {
  if (key === '__proto__') return true;
  return (
    key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
  );
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
