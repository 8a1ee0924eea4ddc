import { DomainError, type TestResult } from '@signalbox/contracts';

/**
 * What a test delivery met.
 * @throws DomainError RECEIVER_FAILED with the same content where the receiver refused it or failed
 */
export function delivered(result: TestResult): TestResult {
  if (!result.delivered) throw new DomainError({ code: 'RECEIVER_FAILED', details: { ...result } });
  return result;
}
