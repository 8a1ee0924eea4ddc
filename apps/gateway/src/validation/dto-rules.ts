import { getMetadataStorage } from 'class-validator';
import type { RuleContext } from './rule-context';

export type DtoClass = new () => object;

/** One rule of one property, as class-validator knows it. */
interface PropertyRule {
  readonly constraint: string;
  readonly parameters: readonly unknown[];
  readonly each: boolean;
  readonly context: RuleContext;
  readonly holds?: (value: unknown) => boolean;
}

export interface PropertyRules {
  readonly rules: readonly PropertyRule[];
  readonly nested?: () => DtoClass;
  /** Whether a list is asked for. */
  readonly list: boolean;
  readonly convert?: (text: string) => unknown;
}

/** Rules by property. A Map, because callers choose the names that are looked up in it. */
export type DtoRules = ReadonlyMap<string, PropertyRules>;

const known = new WeakMap<object, DtoRules>();

/** What class-validator's decorators say about a class, its parents included; read once. */
export function rulesOf(dto: object): DtoRules {
  const rules = known.get(dto) ?? read(dto as DtoClass);
  known.set(dto, rules);
  return rules;
}

function read(dto: DtoClass): DtoRules {
  const storage = getMetadataStorage();
  const properties = new Map<string, PropertyRule[]>();
  for (const metadata of storage.getTargetValidationMetadatas(dto, '', false, false)) {
    const constraint = metadata.constraintCls
      ? storage.getTargetValidatorConstraints(metadata.constraintCls)[0]
      : undefined;
    const parameters = (metadata.constraints ?? []) as readonly unknown[];
    const args = {
      targetName: dto.name,
      property: metadata.propertyName,
      object: {},
      constraints: [...parameters],
    };
    const rule: PropertyRule = {
      constraint: constraint?.name ?? metadata.type,
      parameters,
      each: metadata.each,
      context: (metadata.context ?? {}) as RuleContext,
      ...(constraint && {
        holds: (value: unknown) => constraint.instance.validate(value, { ...args, value }) === true,
      }),
    };
    properties.set(metadata.propertyName, [...(properties.get(metadata.propertyName) ?? []), rule]);
  }
  return new Map(
    [...properties].map(([name, rules]) => [
      name,
      {
        rules,
        list: rules.some(({ constraint }) => constraint === 'isArray'),
        nested: rules.find(({ context }) => context.nested)?.context.nested,
        convert: rules.find(({ context }) => context.convert)?.context.convert,
      },
    ]),
  );
}
