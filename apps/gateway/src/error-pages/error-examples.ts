import type { DomainErrorData, ErrorCode } from '@signalbox/contracts';

/** What is thrown for the examples of a page; the rest of an error is its code's. */
const MORE: Readonly<Partial<Record<ErrorCode, Omit<DomainErrorData, 'code'>>>> = {
  VALIDATION_FAILED: {
    fields: [
      { field: 'name', key: 'required' },
      { field: 'events[1]', key: 'max_length', params: { max: 3 } },
    ],
  },
  RATE_LIMITED: { retryAfter: 30 },
  RECEIVER_FAILED: { details: { status_code: 500 } },
};

export function errorExample(code: ErrorCode): DomainErrorData {
  return { code, ...MORE[code] };
}

/** The path that examples are of, and a moment that passes with no page. */
export const EXAMPLE_PATH = '/api/example/';
export const EXAMPLE_TIME = '2026-01-31T12:00:00.000Z';
