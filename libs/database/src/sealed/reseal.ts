import { column as arrayOf } from '../column';
import type { Database } from '../database';
import type { SealedColumn, ServiceDatabase } from '../service-database';
import { canaryOf } from './encryption-canary';
import type { Sealer } from './sealer';

const BATCH = 500;
const MOST_PASSES = 5;

/** A sealed text, and the columns of its key as text. */
export type SealedRow = Readonly<Record<string, string>> & { readonly sealed: string };

export const keyAsText = (key: SealedColumn['key']): string =>
  Object.keys(key)
    .map((name) => `${name}::text AS ${name}`)
    .join(', ');

/**
 * Seals everything of a schema with the key that seals now, a batch at a time, while services go on working. What is done stays done:
 * begun anew, it goes on where it was. The canary comes last, so that no service starts without an older key before it is no longer
 * needed.
 * @returns how many texts were under an older key
 * @throws Error while a service goes on sealing with an older key; SecretBoxError where a text is under a key that is not given; those before it are done
 */
export async function resealAll(
  database: Database,
  { schema, sealed = [] }: ServiceDatabase,
  sealer: Sealer,
): Promise<number> {
  let done = 0;
  // What a service that knows the older key alone has sealed meanwhile is found by the next pass.
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    let found = 0;
    for (const column of sealed) found += await resealColumn(database, column, sealer);
    done += found;
    if (found === 0) return done + (await resealColumn(database, canaryOf(schema), sealer));
  }
  throw new Error(
    `Something still seals with an older key in the schema ${schema}: restart every service first`,
  );
}

async function resealColumn(database: Database, column: SealedColumn, sealer: Sealer): Promise<number> {
  let done = 0;
  for (let last: SealedRow | undefined; ;) {
    const rows = await batchAfter(database, column, sealer, last);
    await replace(database, column, rows, sealer);
    done += rows.length;
    last = rows.at(-1);
    if (rows.length < BATCH) return done;
  }
}

async function batchAfter(
  database: Database,
  { table, key, column }: SealedColumn,
  sealer: Sealer,
  last: SealedRow | undefined,
): Promise<SealedRow[]> {
  const names = Object.keys(key);
  const after = Object.entries(key).map(([, type], index) => `$${index + 3}::${type}`);
  const { rows } = await database.query<SealedRow>(
    `SELECT ${keyAsText(key)}, ${column} AS sealed FROM ${table}
      WHERE left(${column}, length($1::text)) <> $1::text${last ? ` AND (${names.join(', ')}) > (${after.join(', ')})` : ''}
      ORDER BY ${names.join(', ')} LIMIT $2`,
    [sealer.currentPrefix, BATCH, ...(last ? names.map((name) => last[name]) : [])],
  );
  return rows;
}

/** A text that somebody changed meanwhile stays theirs. */
async function replace(
  database: Database,
  { table, key, column, boundTo }: SealedColumn,
  rows: readonly SealedRow[],
  sealer: Sealer,
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(key);
  const types = [...Object.values(key), 'text', 'text'];
  const columns = [...names, 'before', 'after'];
  await database.query(
    `UPDATE ${table} t SET ${column} = r.after
       FROM unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')}) AS r(${columns.join(', ')})
      WHERE ${names.map((name) => `t.${name} = r.${name}`).join(' AND ')} AND t.${column} = r.before`,
    [
      ...names.map((name) => arrayOf(rows.map((row) => row[name] ?? null))),
      arrayOf(rows.map(({ sealed }) => sealed)),
      arrayOf(rows.map((row) => sealer.reseal(row.sealed, boundTo(row)))),
    ],
  );
}
