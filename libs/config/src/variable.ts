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

/** An address, or a range of them. */
export const cidr = z
  .string()
  .refine((text) => ipaddr.isValidCIDR(text) || ipaddr.isValid(text), 'must be addresses or CIDR ranges');
