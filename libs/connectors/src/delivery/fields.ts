/** Longest text that is taken out of a payload. */
export const LONGEST_TEXT = 500;
/** Longest identifier, such as the name of an event or of a repository. */
export const LONGEST_NAME = 255;

type Step = string | number;

/** What stands at `path`, through own properties only; undefined when nothing does. The path is never text of a payload. */
export function at(value: unknown, ...path: readonly Step[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<Step, unknown>)[step];
  }
  return found;
}

/** A text (or a number as text) fit to be stored and shown: well-formed, one line, bounded. Null when there is none. */
export function textAt(value: unknown, ...path: readonly Step[]): string | null {
  return clean(at(value, ...path), LONGEST_TEXT);
}

/** As `textAt`, for identifiers: null rather than cut, because half a name names something else. */
export function nameAt(value: unknown, ...path: readonly Step[]): string | null {
  const name = clean(at(value, ...path), LONGEST_NAME + 1);
  return name !== null && name.length <= LONGEST_NAME ? name : null;
}

/** An `http:` or `https:` URL. */
export function urlAt(value: unknown, ...path: readonly Step[]): string | null {
  const found = at(value, ...path);
  if (typeof found !== 'string' || found.length > 2048 || !URL.canParse(found)) return null;
  const { protocol, href } = new URL(found);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

/** The elements of an array, at most `most` of them. */
export function listAt(value: unknown, most: number, ...path: readonly Step[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.slice(0, most) : [];
}

export function clean(value: unknown, longest: number): string | null {
  // Of a number that is too long for JSON.parse the last digits are wrong: as an id it would be another's.
  if (typeof value !== 'string' && !Number.isSafeInteger(value)) return null;
  const text = String(value)
    .slice(0, longest)
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return text === '' ? null : text;
}

const SECONDS_BELOW = 1e11;
const EARLIEST = Date.UTC(1990, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** ISO 8601 in UTC, from ISO 8601 text or from Unix seconds or milliseconds; null when it is no time of our days. */
export function timeAt(value: unknown, ...path: readonly Step[]): string | null {
  const found = at(value, ...path);
  let time = NaN;
  if (typeof found === 'number' || (typeof found === 'string' && /^\d{9,14}(\.\d{1,9})?$/.test(found))) {
    const number = Number(found);
    time = number < SECONDS_BELOW ? number * 1000 : number;
  } else if (typeof found === 'string' && found.length <= 64) {
    time = Date.parse(found);
  }
  return time >= EARLIEST && time < LATEST ? new Date(time).toISOString() : null;
}
