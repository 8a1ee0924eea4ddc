import type { EntitySchema, MigrationInterface } from 'typeorm';

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
}
