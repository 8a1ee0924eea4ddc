import { ConfigError } from '@signalbox/config';
import type { Database } from '../database';
import type { SealedColumn, ServiceDatabase } from '../service-database';
import { keyAsText, type SealedRow } from './reseal';
import type { Sealer } from './sealer';

const SONG = 'sealed by this hub';
const TABLE = 'encryption_canary';

/** SQL for a migration: one row that shows at once whether the keys are those of the hub. */
export const createEncryptionCanary = (schema: string): string => `
  CREATE TABLE ${schema}.${TABLE} (
    id boolean CONSTRAINT encryption_canary_pk PRIMARY KEY DEFAULT true CONSTRAINT encryption_canary_one CHECK (id),
    sealed text NOT NULL
  );
`;

export const canaryOf = (schema: string): SealedColumn => ({
  table: TABLE,
  key: { id: 'boolean' },
  column: 'sealed',
  boundTo: () => `${schema}.${TABLE}`,
});

/**
 * Makes sure that what is stored was sealed with one of the keys that are given. To be called before anything is sealed: with a wrong
 * key nothing is changed.
 * @throws ConfigError where it was not; DomainError DATABASE_UNAVAILABLE
 */
export async function expectKeysOfHub(
  database: Database,
  { schema, sealed = [] }: ServiceDatabase,
  sealer: Sealer,
): Promise<void> {
  const canary = canaryOf(schema);
  const known = await oneOf(database, canary);
  // A hub that is older than its canary is known by what it has sealed.
  for (const column of known ? [canary] : sealed) {
    const row = known ?? (await oneOf(database, column));
    if (row && !opens(sealer, column, row)) throw wrongKeys(schema);
  }
  if (known) return;
  await database.query(`INSERT INTO ${TABLE} (sealed) VALUES ($1) ON CONFLICT DO NOTHING`, [
    sealer.seal(SONG, canary.boundTo({})),
  ]);
  // Another process may have been first, with another key.
  const first = await oneOf(database, canary);
  if (first && !opens(sealer, canary, first)) throw wrongKeys(schema);
}

async function oneOf(
  database: Database,
  { table, key, column }: SealedColumn,
): Promise<SealedRow | undefined> {
  const { rows } = await database.query<SealedRow>(
    `SELECT ${keyAsText(key)}, ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL LIMIT 1`,
  );
  return rows[0];
}

function opens(sealer: Sealer, { boundTo }: SealedColumn, row: SealedRow): boolean {
  try {
    sealer.open(row.sealed, boundTo(row));
    return true;
  } catch {
    return false;
  }
}

function wrongKeys(schema: string): ConfigError {
  return new ConfigError([
    {
      variable: 'ENCRYPTION_KEY',
      problem: `is not the key that the secrets in the schema ${schema} are sealed with, nor is any of ENCRYPTION_KEYS. Give the one that this hub was started with before. Nothing was changed`,
    },
  ]);
}
