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
  let left = MOST_VALUES;

  const copy = (item: unknown, depth: number): unknown => {
    left -= 1;
    if (left < 0 || depth > DEEPEST) return LEFT_OUT;
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.slice(0, left).map((element) => copy(element, depth + 1));
    const entries = Object.entries(item).slice(0, left);
    // fromEntries defines properties, so a `__proto__` key stays a key.
    return Object.fromEntries(
      entries.map(([name, inner]) => [name, isHidden(name, inner) ? MASK : copy(inner, depth + 1)]),
    );
  };

  return copy(value, 0);
}

function isHidden(name: string, value: unknown): boolean {
  const telling = value !== null && value !== undefined && value !== '' && typeof value !== 'boolean';
  return telling && isSecretName(name);
}
