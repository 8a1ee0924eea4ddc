import { isSecretName } from './secret-names';

export const MASK = '********';

const DEEPEST = 64;
const MOST_VALUES = 10_000;
const LEFT_OUT = '[left out]';

export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretName(name) ? MASK : value]),
  );
}

/**
 * A copy of a JSON value with the value of every secret-looking name masked, `null`, `""`, `true` and `false` excepted:
 * those tell only whether there is one. What lies deeper than 64 levels or past 10 000 values is left out, never copied.
 */
export function maskSecrets(value: unknown): unknown {
  return masked(value).copy;
}

/** Whether `maskSecrets` leaves nothing of it out. */
export function isMaskedWhole(value: unknown): boolean {
  return masked(value).whole;
}

function masked(value: unknown): { copy: unknown; whole: boolean } {
  let left = MOST_VALUES;
  let whole = true;

  const first = <T>(items: T[]): T[] => {
    whole &&= items.length <= left;
    return items.slice(0, left);
  };
  const copyOf = (item: unknown, depth: number): unknown => {
    left -= 1;
    if (left < 0 || depth > DEEPEST) {
      whole = false;
      return LEFT_OUT;
    }
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return first(item).map((element) => copyOf(element, depth + 1));
    // fromEntries defines properties, so a `__proto__` key stays a key.
    return Object.fromEntries(
      first(Object.entries(item)).map(([name, inner]) => [
        name,
        isHidden(name, inner) ? MASK : copyOf(inner, depth + 1),
      ]),
    );
  };

  return { copy: copyOf(value, 0), whole };
}

function isHidden(name: string, value: unknown): boolean {
  const telling = value !== null && value !== undefined && value !== '' && typeof value !== 'boolean';
  return telling && isSecretName(name);
}
