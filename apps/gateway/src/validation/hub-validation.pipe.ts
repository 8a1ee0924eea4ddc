import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { DomainError, type FieldProblem } from '@signalbox/contracts';
import { validateSync } from 'class-validator';
import { UNDECODABLE } from '../http/query-string';
import { isPlainObject } from './checks';
import { rulesOf, type DtoClass, type PropertyRules } from './dto-rules';
import { problemsOf } from './problems';

/** More is told to nobody's use, and a body full of unknown names must not become an answer full of them. */
const MAX_PROBLEMS = 50;
const MAX_FIELD_LENGTH = 200;
const MAX_PATH_PARAMETER = 255;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;
const UNTYPED = new Set<unknown>([Object, String, Number, Boolean, Array, Function, undefined]);

/**
 * Makes DTOs of what came, converting nothing in bodies and only what is declared in queries.
 * Values are placed into a fresh instance property by property, known ones only: no name that a caller invents is ever set.
 * @throws DomainError `VALIDATION_FAILED` naming every field at fault
 */
export class HubValidationPipe implements PipeTransform {
  /** DTOs that hold without any parameter given, as they do in most requests. */
  private readonly holdEmpty = new WeakSet<DtoClass>();

  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'param') return this.pathParameter(value);
    if (UNTYPED.has(metatype)) return value;
    const dto = metatype as DtoClass;
    if (type === 'body') return this.body(dto, value);
    return type === 'query' ? this.query(dto, value) : value;
  }

  private body(dto: DtoClass, value: unknown): object {
    // No body says nothing; null is a body that is no object.
    const given = value === undefined ? {} : value;
    if (!isPlainObject(given)) throw DomainError.invalid({ field: 'body', key: 'object' });
    const problems: FieldProblem[] = [];
    return checked(dto, build(dto, given, '', problems), problems);
  }

  private query(dto: DtoClass, value: unknown): object {
    const problems: FieldProblem[] = [];
    const instance = new dto();
    const given = value as Readonly<Record<string, string | readonly string[] | undefined>>;
    const isEmpty = Object.keys(given).length === 0;
    if (isEmpty && this.holdEmpty.has(dto)) return instance;
    for (const [name, { convert }] of rulesOf(dto)) {
      const text = Object.hasOwn(given, name) ? given[name] : undefined;
      if (text === undefined) continue;
      if (typeof text !== 'string') problems.push({ field: name, key: 'repeated' });
      else if (text === UNDECODABLE) problems.push({ field: name, key: 'percent_encoding' });
      else if (CONTROL.test(text)) problems.push({ field: name, key: 'control_character' });
      else set(instance, name, convert ? convert(text) : text);
    }
    const held = checked(dto, instance, problems);
    if (isEmpty) this.holdEmpty.add(dto);
    return held;
  }

  /** What cannot be a name of anything is not found, rather than wrong. */
  private pathParameter(value: unknown): unknown {
    for (const text of isPlainObject(value) ? Object.values(value) : [value]) {
      if (typeof text === 'string' && (text.length > MAX_PATH_PARAMETER || CONTROL.test(text))) {
        throw DomainError.notFound('resource');
      }
    }
    return value;
  }
}

function build(
  dto: DtoClass,
  given: Readonly<Record<string, unknown>>,
  path: string,
  problems: FieldProblem[],
): object {
  const instance = new dto();
  const rules = rulesOf(dto);
  for (const name of Object.keys(given)) {
    const field = path === '' ? name : `${path}.${name}`;
    const property = rules.get(name);
    if (property) set(instance, name, nested(property, given[name], field, problems));
    else if (problems.length < MAX_PROBLEMS) problems.push({ field, key: 'unknown' });
  }
  return instance;
}

/** A value of the wrong kind is left as it is: the rules say what it should be. */
function nested(property: PropertyRules, value: unknown, field: string, problems: FieldProblem[]): unknown {
  const dto = property.nested?.();
  if (!dto) return value;
  const one = (item: unknown, at: string) => (isPlainObject(item) ? build(dto, item, at, problems) : item);
  if (!property.list) return one(value, field);
  return Array.isArray(value) ? value.map((item: unknown, i) => one(item, `${field}[${i}]`)) : value;
}

function set(instance: object, name: string, value: unknown): void {
  Object.defineProperty(instance, name, { value, writable: true, enumerable: true, configurable: true });
}

function checked(dto: DtoClass, instance: object, problems: FieldProblem[]): object {
  const errors = validateSync(instance, { forbidUnknownValues: false, dismissDefaultMessages: true });
  const all = [...problems, ...problemsOf(dto, errors)].slice(0, MAX_PROBLEMS);
  if (all.length === 0) return instance;
  throw DomainError.invalid(...all.map(shortened));
}

function shortened(problem: FieldProblem): FieldProblem {
  return problem.field.length <= MAX_FIELD_LENGTH
    ? problem
    : { ...problem, field: `${problem.field.slice(0, MAX_FIELD_LENGTH).toWellFormed()}…` };
}
