import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '@signalbox/contracts';
import { isSecretName, MASK, maskSecrets } from '@signalbox/security';
import type { Settings } from './settings-vault';

/**
 * Settings as they were shown and are sent back: a mask keeps what it masks. A list that holds one is kept as a whole: nothing tells
 * which of its elements another one has become.
 * @throws DomainError VALIDATION_FAILED for a mask with nothing behind it, which would be taken for the secret, and for one in a list
 * that is not as it was shown
 */
export function unmasked(settings: Settings, before: unknown, field: string): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, kept(value, name, before, `${field}.${name}`)]),
  );
}

function kept(value: unknown, name: string, before: unknown, field: string): unknown {
  const known: unknown = isObject(before) && Object.hasOwn(before, name) ? before[name] : undefined;
  if (isMask(value, name)) {
    if (known === undefined) throw DomainError.invalid({ field, key: 'masked' });
    return known;
  }
  if (Array.isArray(value)) return keptList(value, known, field);
  return isObject(value) ? unmasked(value, known, field) : value;
}

function keptList(list: readonly unknown[], known: unknown, field: string): unknown {
  const masked = maskIn(list, field);
  if (masked === undefined) return list;
  if (!isDeepStrictEqual(list, maskSecrets(known)))
    throw DomainError.invalid({ field: masked, key: 'masked' });
  return known;
}

/** Where the first one is. */
function maskIn(value: unknown, field: string): string | undefined {
  const entries = Array.isArray(value)
    ? value.map((item, index) => ['', item, `${field}[${index}]`] as const)
    : isObject(value)
      ? Object.entries(value).map(([name, inner]) => [name, inner, `${field}.${name}`] as const)
      : [];
  for (const [name, inner, at] of entries) {
    const found = isMask(inner, name) ? at : maskIn(inner, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMask(value: unknown, name: string): boolean {
  return value === MASK && isSecretName(name);
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
