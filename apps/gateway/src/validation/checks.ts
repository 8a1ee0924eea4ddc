import { EVENT_TYPE_MAX_LENGTH, EVENT_TYPE_PATTERN } from '@signalbox/contracts';

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Visible ASCII, blanks and tabs inside: what every HTTP client can send and no injection fits through. */
const HEADER_VALUE = /^[\x20-\x7e\t]{0,4096}$/;
const MAX_HEADERS = 50;

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isNotBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** Nothing that would be read as something else than what is written (`http:///host`, `http:\\host`). */
export function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\/[^/\\?#]/i.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.username === '' && url.password === '' && url.hostname !== '' && url.port !== '0';
}

/** Text of one line: what cannot be seen, or breaks lines, is no part of a name. */
export function isPrintable(value: unknown): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return typeof value === 'string' && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value);
}

/** HTTP knows no case in the names of headers. */
export function hasDistinctNames(value: unknown): boolean {
  if (!isPlainObject(value)) return true;
  const names = Object.keys(value);
  return new Set(names.map((name) => name.toLowerCase())).size === names.length;
}

export function isHeaderMap(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_HEADERS &&
    entries.every(
      ([name, text]) => HEADER_NAME.test(name) && typeof text === 'string' && HEADER_VALUE.test(text),
    )
  );
}

export function isEventPattern(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > EVENT_TYPE_MAX_LENGTH) return false;
  if (value === '*') return true;
  const prefix = value.endsWith('.*') ? value.slice(0, -2) : undefined;
  return prefix === undefined
    ? EVENT_TYPE_PATTERN.test(value)
    : /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(prefix);
}
