import { DomainError } from '@signalbox/contracts';
import { isSecretName, MASK } from '@signalbox/security';
import type { Settings } from './settings-vault';

/**
 * Settings as they were shown and are sent back: a mask keeps what it masks.
 * @throws DomainError VALIDATION_FAILED for a mask with nothing behind it: it would be taken for the secret
 */
export function unmasked(settings: Settings, before: unknown, field: string): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, kept(value, name, before, `${field}.${name}`)]),
  );
}

function kept(value: unknown, name: string, before: unknown, field: string): unknown {
  const known: unknown = isObject(before) && Object.hasOwn(before, name) ? before[name] : undefined;
  if (value === MASK && isSecretName(name)) {
    if (known === undefined) throw DomainError.invalid({ field, key: 'masked' });
    return known;
  }
  if (Array.isArray(value))
    return value.map((item, index) =>
      isObject(item)
        ? unmasked(item, Array.isArray(known) ? (known[index] as unknown) : undefined, `${field}[${index}]`)
        : (item as unknown),
    );
  return isObject(value) ? unmasked(value, known, field) : value;
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
