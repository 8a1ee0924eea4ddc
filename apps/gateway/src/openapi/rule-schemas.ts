import {
  EVENT_TYPE_MAX_LENGTH,
  EVENT_TYPE_PATTERN,
  HEADER_NAME,
  INBOUND_PATH,
  STATUS_FILTER,
} from '@signalbox/contracts';
import type { Schema } from './schema';

/** What each validation rule says in JSON Schema, by the name it has in class-validator's metadata. */
const RULE_SCHEMAS: Readonly<Record<string, (...constraints: never[]) => Schema>> = {
  isString: () => ({ type: 'string' }),
  isLength: (minLength: number, maxLength: number) => ({ minLength, maxLength }),
  minLength: (minLength: number) => ({ minLength }),
  maxLength: (maxLength: number) => ({ maxLength }),
  keyBytes: () => ({ pattern: '^(?!whsec_[A-Za-z0-9+/]{1,10}={0,2}$)' }),
  notBlank: () => ({ pattern: '\\S' }),
  printable: () => ({ pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$' }),
  isEmail: () => ({ format: 'email' }),
  httpUrl: () => ({ format: 'uri', pattern: '^[hH][tT][tT][pP][sS]?://[^/\\\\?#]' }),
  isIn: (values: readonly (string | number)[]) => ({
    type: values.every((value) => typeof value === 'number') ? 'integer' : 'string',
    enum: [...values],
  }),
  isNumber: () => ({ type: 'number' }),
  isInt: () => ({ type: 'integer' }),
  min: (minimum: number) => ({ minimum }),
  max: (maximum: number) => ({ maximum }),
  isBoolean: () => ({ type: 'boolean' }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
  jsonObject: () => ({ type: 'object' }),
  /** JSON Schema cannot say it. */
  distinctNames: () => ({}),
  headerMap: () => ({
    type: 'object',
    maxProperties: 50,
    additionalProperties: { type: 'string', maxLength: 4096, pattern: '^[\\x20-\\x7e\\t]*$' },
  }),
  eventType: () => ({ type: 'string', maxLength: EVENT_TYPE_MAX_LENGTH, pattern: EVENT_TYPE_PATTERN.source }),
  eventPattern: () => ({
    type: 'string',
    maxLength: EVENT_TYPE_MAX_LENGTH,
    pattern: '^(\\*|[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*(\\.[a-z][a-z0-9_]*|\\.\\*))$',
  }),
  addressRange: () => ({ type: 'string' }),
  inboundPath: () => ({ type: 'string', pattern: INBOUND_PATH.source }),
  headerName: () => ({ type: 'string', pattern: HEADER_NAME.source }),
  arrayUnique: () => ({ uniqueItems: true }),
  moment: () => ({ type: 'string', format: 'date-time' }),
  queryTime: () => ({ type: 'string', anyOf: [{ format: 'date' }, { format: 'date-time' }] }),
  usageStatus: () => ({ type: 'string', pattern: STATUS_FILTER.source }),
  converted: () => ({}),
};

/** @throws Error for a rule that nobody has described: the document would promise less than is asked */
export function ruleSchema(name: string, constraints: readonly unknown[]): Schema {
  const describe = RULE_SCHEMAS[name];
  if (!describe) throw new Error(`The OpenAPI document cannot describe the rule "${name}"`);
  return describe(...(constraints as never[]));
}
