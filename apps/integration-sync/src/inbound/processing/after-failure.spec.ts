import { DomainError, type ErrorCode } from '@signalbox/contracts';
import { afterFailure } from './after-failure';
import { MOST_ATTEMPTS } from './backoff';

const HOUR_MS = 3_600_000;
const error = (code: ErrorCode) => new DomainError({ code });

describe('what follows a failure', () => {
  it.each(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'DATABASE_UNAVAILABLE'] as const)(
    'another try for a day, however many there were, while nobody answers: %s',
    (code) => {
      for (const ageMs of [0, HOUR_MS, 23 * HOUR_MS]) {
        const { retryInMs, counts } = afterFailure(error(code), MOST_ATTEMPTS, ageMs);
        expect(counts).toBe(false);
        expect(retryInMs).toBeGreaterThanOrEqual(1_500);
        expect(retryInMs).toBeLessThanOrEqual(375_000);
      }
      expect(afterFailure(error(code), 1, 24 * HOUR_MS)).toMatchObject({ counts: true });
      expect(afterFailure(error(code), 1, 24 * HOUR_MS).retryInMs).toBeGreaterThan(0);
      expect(afterFailure(error(code), MOST_ATTEMPTS, 24 * HOUR_MS).retryInMs).toBeNull();
    },
  );

  it.each([error('INTERNAL'), new Error('a bug')])('ten tries where it was answered: %s', (answered) => {
    expect(afterFailure(answered, MOST_ATTEMPTS - 1, 0)).toMatchObject({ counts: true });
    expect(afterFailure(answered, MOST_ATTEMPTS - 1, 0).retryInMs).toBeGreaterThan(0);
    expect(afterFailure(answered, MOST_ATTEMPTS, 0)).toEqual({ counts: true, retryInMs: null });
  });

  it('nothing where it was refused for good', () => {
    expect(afterFailure(error('VALIDATION_FAILED'), 1, 0)).toEqual({ counts: true, retryInMs: null });
  });
});
