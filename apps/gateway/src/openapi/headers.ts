import { reference, type Header, type Parameter, type Reference } from './schema';

const REQUEST_ID: Header = {
  description: 'The request’s id: the caller’s own where it is well-formed',
  schema: { type: 'string' },
};

/** Headers of answers. */
export const HEADERS: Readonly<Record<string, Header>> = {
  'X-Request-Id': REQUEST_ID,
  'X-RateLimit-Limit': { description: 'Requests allowed in the window', schema: { type: 'integer' } },
  'X-RateLimit-Remaining': { description: 'Requests left in it', schema: { type: 'integer' } },
  'X-RateLimit-Reset': { description: 'When it is over, in Unix seconds', schema: { type: 'integer' } },
  RateLimit: { description: 'The state of the limit, e.g. `"user";r=99;t=30`', schema: { type: 'string' } },
  'RateLimit-Policy': { description: 'The limit, e.g. `"user";q=100;w=60`', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } },
  'Idempotent-Replayed': {
    description: '`true` where the first answer to the same `Idempotency-Key` is given again',
    schema: { type: 'string', enum: ['true'] },
  },
};

/** Headers of requests. */
export const HEADER_PARAMETERS: Readonly<Record<string, Parameter>> = {
  RequestId: { name: 'X-Request-Id', in: 'header', ...REQUEST_ID },
  AcceptLanguage: {
    name: 'Accept-Language',
    in: 'header',
    description: 'Language of messages: `en`, `zh-TW` or `zh-CN`. Codes never change with it',
    schema: { type: 'string' },
    example: 'en',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'The same key with the same body within 24 h answers the first response again; with another body it is a conflict',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
};

const RATE_LIMIT = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit',
  'RateLimit-Policy',
];

/** The headers of an answer. @param counted whether the route is limited */
export function answerHeaders(counted: boolean, ...more: readonly string[]): Record<string, Reference> {
  const names = ['X-Request-Id', ...(counted ? RATE_LIMIT : []), ...more];
  return Object.fromEntries(names.map((name) => [name, reference('headers', name)]));
}
