import { getMetadataStorage } from 'class-validator';
import type { RuleContext } from '../validation/rule-context';
import { ruleSchema } from './rule-schemas';
import { reference, type Reference, type Schema } from './schema';

export type InputClass = new () => object;
type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

export interface InputField {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema | Reference;
  /** Class of the nested object or of the items of the list. */
  readonly nested?: InputClass;
}

/** Reads from its validation rules what a class of input must be, so that document and validation cannot disagree. */
export function inputFields(type: InputClass): InputField[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const defaults = new type() as Record<string, unknown>;
  return Object.entries(Object.groupBy(rules, (rule) => rule.propertyName)).map(([name, ofField]) =>
    inputField(name, ofField ?? [], defaults[name]),
  );
}

/** True for classes that the validation pipe validates. */
export function isInputClass(type: unknown): type is InputClass {
  return (
    typeof type === 'function' &&
    getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0
  );
}

function inputField(name: string, rules: readonly Rule[], fallback: unknown): InputField {
  const checks = rules.filter(({ type }) => type === 'customValidation');
  const nested = rules.map(({ context }) => (context as RuleContext | undefined)?.nested?.()).find(Boolean);
  const ofItems = merged(checks.filter(({ each }) => each));
  const own = merged(checks.filter(({ each }) => !each));
  const item = nested ? reference('schemas', nested.name) : ofItems;
  const schema =
    own.type === 'array' ? { ...own, items: item } : nested ? reference('schemas', nested.name) : own;
  return {
    name,
    required: !allows(rules, undefined),
    schema: {
      ...(allows(rules, null) ? orNull(schema) : schema),
      ...(fallback !== undefined && { default: fallback }),
    },
    nested,
  };
}

function merged(checks: readonly Rule[]): Schema {
  const schemas = checks.map(({ name, constraints }) =>
    ruleSchema(name ?? '', (constraints ?? []) as unknown[]),
  );
  const patterns = schemas.flatMap(({ pattern }) => pattern ?? []);
  const together: Schema = Object.assign({}, ...schemas) as Schema;
  return patterns.length > 1
    ? { ...together, pattern: undefined, allOf: patterns.map((pattern) => ({ pattern })) }
    : together;
}

/** Whether `@Optional` or `@Nullable` let the value through unchecked. */
function allows(rules: readonly Rule[], value: null | undefined): boolean {
  return rules
    .filter(({ type }) => type === 'conditionalValidation')
    .some(({ constraints }) => !(constraints[0] as (object: object, value: unknown) => boolean)({}, value));
}

function orNull(schema: Schema | Reference): Schema {
  if ('$ref' in schema) return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [schema.type, 'null'].flat().filter((type) => type !== undefined),
    ...(schema.enum && { enum: [...(schema.enum as unknown[]), null] }),
  };
}
