import type { EntitySchema, MigrationInterface } from 'typeorm';

type KeyType = 'uuid' | 'integer' | 'text' | 'boolean';

/** A column of texts that a `SecretBox` has sealed with the master key. */
export interface SealedColumn {
  readonly table: string;
  /** The columns that identify a row. */
  readonly key: Readonly<Record<string, KeyType>>;
  readonly column: string;
  /** What the text of a row is bound to. @param row the columns of `key`, as text */
  readonly boundTo: (row: Readonly<Record<string, string>>) => string;
}

/** One service's own schema: nobody else reads or writes it. */
export interface ServiceDatabase {
  readonly schema: string;
  readonly entities: readonly (EntitySchema | (new () => object))[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /**
   * Whole tables are never read where an index will do. A plan made while a table was nearly empty would read all of it, and be
   * kept until the table is analysed, however fast it grows meanwhile.
   */
  readonly byIndex?: boolean;
  /** Everything that is sealed with the master key, so that it can be sealed with another. */
  readonly sealed?: readonly SealedColumn[];
}
