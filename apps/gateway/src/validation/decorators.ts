import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { signingKeyBytes } from '@signalbox/security';
import {
  hasDistinctNames,
  isEventPattern,
  isHeaderMap,
  isHttpUrl,
  isNotBlank,
  isPlainObject,
  isPrintable,
} from './checks';
import type { RuleContext } from './rule-context';
import { isTime } from './times';

/** Applies several decorators as one, in the order in which their problems should be told. */
export function together(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorator of decorators) decorator(target, property);
  };
}

interface RuleOptions {
  /** Checks every item of a list instead of the value. */
  readonly each?: boolean;
}

/**
 * A rule of one's own.
 * @param key sentence of the catalogue (`FIELD_SENTENCES`) that tells the problem
 */
export function Rule(
  name: string,
  holds: (value: unknown) => boolean,
  key: string,
  options: RuleOptions = {},
): PropertyDecorator {
  const context: RuleContext = { key };
  return ValidateBy({ name, validator: { validate: holds } }, { ...options, context });
}

/** May be left out. `null` is refused: use `@Nullable` where null means something. */
export const Optional = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** May be left out or null. */
export const Nullable = (): PropertyDecorator =>
  ValidateIf((_object, value) => value !== undefined && value !== null);

/** Text of `min` to `max` characters. */
export const IsText = (max: number, min = 0, options: RuleOptions = {}): PropertyDecorator =>
  together(IsString(options), min > 0 ? Length(min, max, options) : MaxLength(max, options));

/** Text of `min` to `max` characters that makes keys of `min` bytes at least, also as Standard Webhooks reads it. */
export const IsSigningSecret = (max: number, min: number): PropertyDecorator =>
  together(
    IsText(max, min),
    Rule('keyBytes', (value) => typeof value !== 'string' || signingKeyBytes(value) >= min, 'secret_short'),
  );

/** Text of `min` to `max` characters in one line. */
export const IsLine = (max: number, min = 0, options: RuleOptions = {}): PropertyDecorator =>
  together(IsText(max, min, options), Rule('printable', isPrintable, 'control_character', options));

/** Text of 1 to `max` characters in one line that is not all blanks. */
export const IsName = (max = 255, options: RuleOptions = {}): PropertyDecorator =>
  together(IsLine(max, 1, options), Rule('notBlank', isNotBlank, 'not_blank', options));

/** A whole JSON number from `min` to `max`; a string of digits is refused. */
export const IsWhole = (min: number, max: number): PropertyDecorator => together(IsInt(), Min(min), Max(max));

/** A JSON number from `min` to `max`. */
export const IsAmount = (min: number, max: number): PropertyDecorator =>
  together(IsNumber(), Min(min), Max(max));

/** A list of `min` to `max` items; what the items are is said by rules with `each`. */
export const IsList = (max: number, min = 0): PropertyDecorator =>
  together(IsArray(), ArrayMinSize(min), ArrayMaxSize(max));

/** An absolute http(s) URL without user name and password, at most 2048 characters. */
export const IsHttpUrl = (): PropertyDecorator =>
  together(IsText(2048, 1), Rule('httpUrl', isHttpUrl, 'url'));

/** Custom request headers: at most 50 valid names, none of them twice, with values of at most 4096 visible characters. */
export const IsHeaderMap = (): PropertyDecorator =>
  together(
    Rule('headerMap', isHeaderMap, 'header_map'),
    Rule('distinctNames', hasDistinctNames, 'header_repeated'),
  );

/** Any JSON object, not a list. */
export const IsJsonObject = (): PropertyDecorator => Rule('jsonObject', isPlainObject, 'object');

/** An event type, `prefix.*` or `*`; with `each` for the items of a list. Whether it is known, the service says. */
export const IsEventPattern = (options: RuleOptions = {}): PropertyDecorator =>
  Rule('eventPattern', isEventPattern, 'event_pattern', options);

/** A project as callers name it: an opaque word. */
export const IsProjectId = (options: RuleOptions = {}): PropertyDecorator => IsName(255, options);

/** An object validated by a class of its own; its unknown fields are refused too. */
export const Nested = (type: () => new () => object): PropertyDecorator => {
  const context: RuleContext = { nested: type };
  return together(Rule('jsonObject', isPlainObject, 'object'), ValidateNested({ context }));
};

/** A list of objects, each validated by a class of its own. */
export const NestedList = (type: () => new () => object, max: number, min = 0): PropertyDecorator => {
  const context: RuleContext = { nested: type };
  return together(
    IsList(max, min),
    Rule('jsonObject', isPlainObject, 'object', { each: true }),
    ValidateNested({ context }),
  );
};

const converted = (convert: RuleContext['convert']): PropertyDecorator => {
  const context: RuleContext = { convert };
  return ValidateBy({ name: 'converted', validator: { validate: () => true } }, { context });
};

/** Query parameter: a whole number in digits. May be left out. */
export const QueryWhole = (min: number, max: number): PropertyDecorator =>
  together(
    converted((text) => (/^\d{1,15}$/.test(text) ? Number(text) : text)),
    Optional(),
    IsWhole(min, max),
  );

/** Query parameter: `true` or `false`. May be left out. */
export const QueryFlag = (): PropertyDecorator =>
  together(
    converted((text) => (text === 'true' ? true : text === 'false' ? false : text)),
    Optional(),
    Rule('isBoolean', (value) => typeof value === 'boolean', 'boolean'),
  );

/** Query parameter: one of the words. May be left out. */
export const QueryOneOf = (values: readonly string[]): PropertyDecorator =>
  together(Optional(), IsIn(values));

/** Query parameter: a day or a moment in ISO 8601; see `timeOf`. May be left out. */
export const QueryTime = (): PropertyDecorator => together(Optional(), Rule('queryTime', isTime, 'date'));

/** Query parameter: text of 1 to `max` characters. May be left out. */
export const QueryText = (max = 255): PropertyDecorator => together(Optional(), IsText(max, 1));
