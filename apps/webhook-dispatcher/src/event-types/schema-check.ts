import { DomainError, type FieldProblem } from '@signalbox/contracts';
import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import { RE2JS } from 're2js';

type Sentence = Pick<FieldProblem, 'key' | 'params'>;

/** Answers what is wrong with published data, nothing when it satisfies the schema. */
export type SchemaCheck = (data: unknown) => FieldProblem[];

const MAX_SCHEMA_LENGTH = 32 * 1024;
const MAX_SCHEMA_DEPTH = 32;
const MAX_PROBLEMS = 20;

/** Linear-time matching: a schema's `pattern` is a stranger's regular expression. */
const linearTime = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // ajv tells patterns apart by their text.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
  },
  { code: 'require("re2js")' },
);

/**
 * Compiles the schema of an event type: JSON Schema 2020-12, no remote references, bounded in size and depth.
 * @throws DomainError VALIDATION_FAILED naming `schema`
 */
export function compileSchema(schema: Readonly<Record<string, unknown>>): SchemaCheck {
  if (JSON.stringify(schema).length > MAX_SCHEMA_LENGTH || deeperThan(schema, MAX_SCHEMA_DEPTH)) {
    throw DomainError.invalid({ field: 'schema', key: 'field.schema_too_large' });
  }
  let validate: ValidateFunction;
  try {
    // One instance for each schema: an `$id` cannot meet another's.
    const ajv = new Ajv2020({ strict: false, allErrors: false, code: { regExp: linearTime }, logger: false });
    validate = ajv.compile({ ...schema, $async: undefined });
  } catch {
    throw DomainError.invalid({ field: 'schema', key: 'field.schema_invalid' });
  }
  return (data) => {
    if (validate(data)) return [];
    return (validate.errors ?? []).slice(0, MAX_PROBLEMS).map(problem);
  };
}

function problem(error: ErrorObject): FieldProblem {
  const { missingProperty, additionalProperty } = error.params as Readonly<
    Record<string, string | undefined>
  >;
  const name = missingProperty ?? additionalProperty;
  const path = [
    ...error.instancePath
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
    ...(name === undefined ? [] : [name]),
  ].join('.');
  return { field: path || 'data', ...sentence(error) };
}

/** In the words of every other refusal where there are any: those are there in every language. */
function sentence({ keyword, params, message }: ErrorObject): Sentence {
  const limit = Number(params.limit);
  switch (keyword) {
    case 'required':
      return { key: 'required' };
    case 'additionalProperties':
      return { key: 'unknown' };
    case 'type':
      return TYPES[String(params.type)] ?? violated(message ?? keyword);
    case 'minimum':
      return { key: 'min', params: { min: limit } };
    case 'maximum':
      return { key: 'max', params: { max: limit } };
    case 'minLength':
      return { key: 'min_length', params: { min: limit } };
    case 'maxLength':
      return { key: 'max_length', params: { max: limit } };
    case 'minItems':
      return { key: 'min_items', params: { min: limit } };
    case 'maxItems':
      return { key: 'max_items', params: { max: limit } };
    case 'uniqueItems':
      return { key: 'duplicate' };
    case 'pattern':
      return { key: 'pattern' };
    case 'enum':
      return {
        key: 'one_of',
        params: { values: (params.allowedValues as unknown[]).slice(0, 20).map(String).join(', ') },
      };
    default:
      return violated(message ?? keyword);
  }
}

const violated = (rule: string): Sentence => ({ key: 'field.schema_violated', params: { rule } });

const TYPES: Readonly<Record<string, Sentence>> = {
  string: { key: 'string' },
  integer: { key: 'whole' },
  number: { key: 'number' },
  boolean: { key: 'boolean' },
  object: { key: 'object' },
  array: { key: 'list' },
};

function deeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((child) => deeperThan(child, depth - 1));
}
