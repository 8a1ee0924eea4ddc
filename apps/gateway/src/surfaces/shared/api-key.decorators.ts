import { ArrayUnique, IsIn } from 'class-validator';
import { API_KEY_LIMITS, SCOPES } from '@signalbox/contracts';
import { AddressRanges } from '@signalbox/security';
import { IsList, IsText, IsWhole, Rule, together } from '../../validation';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** What a key may do: at least one scope. */
export const IsScopes = (): PropertyDecorator =>
  together(IsList(SCOPES.length, 1), ArrayUnique(), IsIn(SCOPES, { each: true }));

/** Projects a key is confined to: at least one, since none at all would make a key for nothing. */
export const IsProjectIds = (): PropertyDecorator =>
  together(
    IsList(API_KEY_LIMITS.projects, 1),
    ArrayUnique(),
    IsText(API_KEY_LIMITS.projectId, 1, { each: true }),
  );

/** IP addresses and CIDR ranges of both families; none for everywhere. */
export const IsAddressRanges = (): PropertyDecorator =>
  together(
    IsList(API_KEY_LIMITS.addresses),
    Rule('addressRange', isAddressRange, 'address_range', { each: true }),
  );

/** Requests an hour. */
export const IsRateLimit = (): PropertyDecorator => IsWhole(1, API_KEY_LIMITS.rateLimit);

/** A moment: ISO 8601 with its offset from UTC. */
export const IsMoment = (): PropertyDecorator =>
  Rule(
    'moment',
    (value) => typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value)),
    'date',
  );

function isAddressRange(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return !new AddressRanges([value]).empty;
  } catch {
    return false;
  }
}
