import { DomainError } from '@signalbox/contracts';

/** What is published would be refused again, however often it is tried. */
export function isFinal(error: unknown): boolean {
  return (
    error instanceof DomainError &&
    ['VALIDATION_FAILED', 'NOT_FOUND', 'FORBIDDEN', 'PAYLOAD_TOO_LARGE'].includes(error.code)
  );
}
