import type { PublishedDocument } from './published-document';

type Json = Readonly<Record<string, unknown>>;

export interface BadBody {
  readonly what: string;
  readonly body: unknown;
  /** The field that the answer has to name. */
  readonly field: string;
}

const OF_TYPE: Readonly<Record<string, unknown>> = {
  string: 'text',
  integer: 7,
  boolean: true,
  object: {},
  array: [],
  null: null,
};

/** Every way in which one field of a good body can be wrong, made from the published schema. */
export function badBodies(document: PublishedDocument, schema: Json, good: Json): BadBody[] {
  return [
    ...inObject(document, schema, ''),
    { what: 'an unknown field', field: 'nobody_knows_this', change: changed(['nobody_knows_this'], 1) },
    { what: 'an unknown field of a telling name', field: 'constructor', change: changed(['constructor'], 1) },
  ].map(({ what, field, change }) => ({ what: `${field}: ${what}`, field, body: change(good) }));
}

interface Bad {
  readonly what: string;
  readonly field: string;
  readonly change: (good: Json) => unknown;
}

function inObject(document: PublishedDocument, schema: Json, prefix: string): Bad[] {
  const required = (schema.required ?? []) as string[];
  return Object.entries(schema.properties as Record<string, Json>).flatMap(([name, property]) => {
    const path = [...prefix.split('.').filter(Boolean), name];
    const field = path.join('.');
    const rules = nullable(document.resolve(property), document);
    return [
      ...(required.includes(name) ? [{ what: 'missing', field, change: changed(path, undefined) }] : []),
      ...badValues(rules).map(({ what, value }) => ({ what, field, change: changed(path, value) })),
      ...badItems(rules, path),
      ...(rules.properties
        ? [
            ...inObject(document, rules, field),
            {
              what: 'unknown',
              field: `${field}.nobody_knows_this`,
              change: changed([...path, 'nobody_knows_this'], 1),
            },
          ]
        : []),
    ];
  });
}

/** `anyOf [x, null]` is how the document says that a reference may be null. */
function nullable(schema: Json, document: PublishedDocument): Json {
  const [first] = (schema.anyOf ?? []) as Json[];
  if (!first) return schema;
  const inner = document.resolve(first);
  return { ...inner, type: [inner.type, 'null'].flat() };
}

function badValues(rules: Json): { what: string; value: unknown }[] {
  const given = [rules.type].flat();
  const allowed = given.includes('number') ? [...given, 'integer'] : given;
  const wrongTypes = Object.entries(OF_TYPE)
    .filter(([type]) => !allowed.includes(type))
    .map(([type, value]) => ({ what: `a value of type ${type}`, value }));
  const bound = (rule: string, what: string, value: (limit: number) => unknown) =>
    typeof rules[rule] === 'number' && rules[rule] > 0 ? [{ what, value: value(rules[rule]) }] : [];
  return [
    ...wrongTypes,
    ...bound('maxLength', 'too long', (limit) => 'x'.repeat(limit + 1)),
    ...bound('minLength', 'too short', (limit) => 'x'.repeat(limit - 1)),
    ...bound('maximum', 'too large', (limit) => limit + 1),
    ...bound('minItems', 'too few', (limit) => Array.from({ length: limit - 1 }, () => 'x')),
    ...bound('maxItems', 'too many', (limit) => Array.from({ length: limit + 1 }, () => '*')),
    ...(typeof rules.minimum === 'number' ? [{ what: 'too small', value: rules.minimum - 1 }] : []),
    ...(given.includes('integer') ? [{ what: 'a fraction', value: 1.5 }] : []),
    ...(rules.enum ? [{ what: 'an unknown word', value: 'nobody_knows_this' }] : []),
    ...(rules.format === 'uri' ? [{ what: 'no URL', value: 'example.com' }] : []),
    ...(rules.format === 'email' ? [{ what: 'no e-mail address', value: 'jane@' }] : []),
    ...(allowed.includes('string') && rules.format === undefined
      ? [{ what: 'a NUL', value: `a\u0000${'b'.repeat(8)}` }]
      : []),
    ...patterns(rules).map((pattern) => ({ what: `against ${pattern}`, value: against(pattern, rules) })),
    ...badEntries(rules),
    ...tooMany(rules),
  ];
}

const patterns = ({ pattern, allOf = [] }: Json): string[] =>
  [pattern, ...(allOf as Json[]).map((rule) => rule.pattern)].filter((text) => typeof text === 'string');

/** Text that is wrong by that pattern only, as far as that can be. */
function against(pattern: string, { minLength = 0 }: Json): string {
  const length = Math.max(3, Number(minLength));
  const text = [' ', 'ä', 'a\u0007', 'A', '!', 'a\n'].map((part) => part.repeat(length)).concat('whsec_AAAA');
  const wrong = text.find((candidate) => !new RegExp(pattern, 'u').test(candidate));
  if (wrong === undefined) throw new Error(`Nothing here is against ${pattern}`);
  return wrong;
}

function tooMany({ maxProperties }: Json): { what: string; value: unknown }[] {
  if (typeof maxProperties !== 'number') return [];
  const names = Array.from({ length: maxProperties + 1 }, (_, i) => `x-${i}`);
  return [{ what: 'too many entries', value: Object.fromEntries(names.map((name) => [name, 'x'])) }];
}

/** Of an object whose names are the caller's own. */
function badEntries({ additionalProperties }: Json): { what: string; value: unknown }[] {
  if (typeof additionalProperties !== 'object' || additionalProperties === null) return [];
  return badValues(additionalProperties as Json).map(({ what, value }) => ({
    what: `an entry: ${what}`,
    value: { entry: value },
  }));
}

function badItems({ items }: Json, path: readonly string[]): Bad[] {
  if (typeof items !== 'object' || items === null) return [];
  return badValues(items as Json).map(({ what, value }) => ({
    what,
    field: `${path.join('.')}[0]`,
    change: changed(path, [value]),
  }));
}

function changed(path: readonly string[], value: unknown): (good: Json) => Json {
  const [name = '', ...rest] = path;
  return (good) =>
    rest.length === 0
      ? { ...good, [name]: value }
      : { ...good, [name]: changed(rest, value)((good[name] ?? {}) as Json) };
}
