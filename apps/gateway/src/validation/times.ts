const DAY = /^(?:19|20|21)\d\d-\d\d-\d\d$/;
const MOMENT = /^(?:19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const DAY_MS = 86_400_000;

/** A day (`2024-08-01`, UTC), or a moment with its offset (`2024-08-01T12:00:00Z`), that there is. */
export function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !(DAY.test(value) || MOMENT.test(value))) return false;
  const day = value.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(Date.parse(value)) && new Date(midnight).toISOString().startsWith(day);
}

/** Unix time in milliseconds of what `isTime` lets through. A day that is an end is part of the time: it ends with it. */
export function timeOf(text: string, edge: 'begin' | 'end'): number {
  return Date.parse(text) + (edge === 'end' && DAY.test(text) ? DAY_MS : 0);
}
