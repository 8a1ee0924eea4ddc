import type { FieldProblem } from '@signalbox/contracts';
import type { ValidationError } from 'class-validator';
import { rulesOf, type PropertyRules } from './dto-rules';

type Sentence = Pick<FieldProblem, 'key' | 'params'>;
type Worded = (parameters: readonly unknown[]) => Sentence;

const just =
  (key: string): Worded =>
  () => ({ key });
const withNumbers =
  (key: string, ...names: string[]): Worded =>
  (parameters) => ({
    key,
    params: Object.fromEntries(names.map((name, i) => [name, Number(parameters[i])])),
  });

/** What class-validator's own rules are called, as sentences of the catalogue. */
const WORDED: Readonly<Record<string, Worded>> = {
  isString: just('string'),
  isInt: just('whole'),
  isNumber: just('number'),
  isBoolean: just('boolean'),
  isObject: just('object'),
  isArray: just('list'),
  nestedValidation: just('object'),
  min: withNumbers('min', 'min'),
  max: withNumbers('max', 'max'),
  minLength: withNumbers('min_length', 'min'),
  maxLength: withNumbers('max_length', 'max'),
  isLength: withNumbers('length', 'min', 'max'),
  arrayMinSize: withNumbers('min_items', 'min'),
  arrayMaxSize: withNumbers('max_items', 'max'),
  arrayUnique: just('duplicate'),
  isNotEmpty: just('not_blank'),
  isIn: ([values]) => ({ key: 'one_of', params: { values: (values as readonly unknown[]).join(', ') } }),
  matches: just('pattern'),
  isEmail: just('email'),
  isIso8601: just('date'),
  isDateString: just('date'),
};

/** A value of the wrong kind breaks other rules too: its kind is what the caller must hear of. */
const KINDS = new Set(['isString', 'isInt', 'isNumber', 'isBoolean', 'isObject', 'isArray', 'jsonObject']);

/** One problem for each field at fault, with its path as the caller wrote it: `retry_config.max_retries`, `events[1]`. */
export function problemsOf(dto: object, errors: readonly ValidationError[], path = ''): FieldProblem[] {
  return errors.flatMap(({ property, value, constraints, children = [] }) => {
    const field = path === '' ? property : `${path}.${property}`;
    const rules = rulesOf(dto).get(property);
    if (constraints) return [worded(rules, Object.keys(constraints), value, field)];
    return nestedProblems(rules, children, value, field);
  });
}

function nestedProblems(
  rules: PropertyRules | undefined,
  children: readonly ValidationError[],
  value: unknown,
  field: string,
): FieldProblem[] {
  const dto = rules?.nested?.();
  if (!dto) return [{ field, key: 'invalid' }];
  if (!Array.isArray(value)) return problemsOf(dto, children, field);
  return children.flatMap((item) => {
    const place = `${field}[${item.property}]`;
    return item.constraints ? [{ field: place, key: 'object' }] : problemsOf(dto, item.children ?? [], place);
  });
}

function worded(
  rules: PropertyRules | undefined,
  broken: readonly string[],
  value: unknown,
  field: string,
): FieldProblem {
  if (value === undefined) return { field, key: 'required' };
  const constraint = broken.find((name) => KINDS.has(name)) ?? broken[0];
  const rule = rules?.rules.find((each) => each.constraint === constraint);
  if (!rule) return { field, key: 'invalid' };
  const sentence = rule.context.key
    ? { key: rule.context.key }
    : (WORDED[rule.constraint]?.(rule.parameters) ?? { key: 'invalid' });
  const index = rule.each && Array.isArray(value) ? value.findIndex((item) => !rule.holds?.(item)) : -1;
  return { field: index === -1 ? field : `${field}[${index}]`, ...sentence };
}
