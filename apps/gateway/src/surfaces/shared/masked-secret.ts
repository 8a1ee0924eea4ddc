import { DomainError } from '@signalbox/contracts';
import { MASK } from '@signalbox/security';

/**
 * The mask is public, so it is no secret to sign with.
 * @throws DomainError VALIDATION_FAILED naming `secret`
 */
export function refuseMask<T extends { secret?: string }>(input: T): T {
  if (input.secret === MASK) throw DomainError.invalid({ field: 'secret', key: 'masked' });
  return input;
}

/** Sent back as it was shown, a masked secret is left as it is. */
export function keepMasked<T extends { secret?: string }>(changes: T): T {
  return changes.secret === MASK ? { ...changes, secret: undefined } : changes;
}
