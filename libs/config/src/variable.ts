import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { AppName } from '@signalbox/contracts';

/** One environment variable. The declaration is also its documentation: `.env.example` and README derive from it. */
export interface Variable<T extends z.ZodType = z.ZodType> {
  /** Parses the text of the variable; a default or `.optional()` makes it optional. */
  readonly schema: T;
  readonly about: string;
  readonly group: 'Server' | 'Parts' | 'Secrets' | 'Limits' | 'Delivery' | 'Metrics' | 'Usage';
  /** Never printed, logged or given a value in `.env.example`. */
  readonly secret?: true;
  /** Apps that cannot start without it. The embedded start makes it instead, outside production. */
  readonly requiredBy?: readonly AppName[];
  /** A variable that does as well. */
  readonly or?: string;
}

/** A whole number within bounds. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`);

/** A URL of one of these protocols. */
export const url = (...protocols: string[]) =>
  z.string().refine(
    (text) => {
      return URL.canParse(text) && protocols.includes(new URL(text).protocol);
    },
    `must be a URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  );

/** What stands between commas. */
export const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item));

/** 32 bytes in base64. */
export const aesKey = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64');

/** `2:key,1:key` as the list of the keys, the highest version first. */
export const keyRing = z.string().transform((text, context) => {
  const ring = text.split(',').map((part) => /^\s*([1-9]\d{0,5}):(\S+)\s*$/.exec(part));
  const entries = ring.flatMap((found) =>
    found ? [{ version: Number(found[1]), key: found[2] ?? '' }] : [],
  );
  const wellFormed =
    entries.length === ring.length && entries.every(({ key }) => aesKey.safeParse(key).success);
  const distinct = (values: readonly unknown[]) => new Set(values).size === values.length;
  if (!wellFormed) context.addIssue('must be version:key, comma-separated, each key 32 bytes in base64');
  else if (!distinct(entries.map(({ version }) => version)) || !distinct(entries.map(({ key }) => key)))
    context.addIssue('must not repeat a version or a key');
  return entries.toSorted((a, b) => b.version - a.version).map(({ key }) => key);
});

/** An address, or a range of them. */
export const cidr = z
  .string()
  .refine((text) => ipaddr.isValidCIDR(text) || ipaddr.isValid(text), 'must be addresses or CIDR ranges');
