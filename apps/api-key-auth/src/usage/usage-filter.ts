import type { Principal, UsageFilter } from '@signalbox/contracts';

export interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Whose requests a confined caller may see: those of its projects, and those it made itself. Null for everybody's. */
export type OnlyOf = {
  readonly kind: string;
  readonly id: string;
  readonly projects: readonly string[];
} | null;

/** A project is on record only where the caller of the request could see it, so nobody else puts requests into one. */
export function onlyOf({ kind, id, projects }: Principal): OnlyOf {
  return kind === 'system' || projects === null ? null : { kind, id, projects };
}

/** The conditions on the columns that records and sums share. @param first number of the first parameter */
export function conditionOf(filter: UsageFilter, only: OnlyOf, first: number): Condition {
  const parts: string[] = [];
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${first - 1 + values.push(given)}`;
  const caller = (kind: string, id: string) => `(caller_kind = ${value(kind)} AND caller_id = ${value(id)})`;
  if (filter.key !== undefined) parts.push(caller('api_key', filter.key));
  if (filter.user !== undefined) parts.push(caller('user', filter.user));
  if (only)
    parts.push(`(project_id = ANY (${value(only.projects)}::text[]) OR ${caller(only.kind, only.id)})`);
  for (const name of ['endpoint', 'method', 'surface', 'project_id'] as const) {
    if (filter[name] !== undefined) parts.push(`${name} = ${value(filter[name])}`);
  }
  if (filter.status?.endsWith('xx') === true) {
    const least = Number(filter.status[0]) * 100;
    parts.push(`status BETWEEN ${value(least)} AND ${value(least + 99)}`);
  } else if (filter.status !== undefined) parts.push(`status = ${value(Number(filter.status))}`);
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values };
}
