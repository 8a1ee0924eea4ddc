import type { EntitySchema, MigrationInterface } from 'typeorm';

/** One service's own schema: nobody else reads or writes it. */
export interface ServiceDatabase {
  readonly schema: string;
  readonly entities: readonly (EntitySchema | (new () => object))[];
  readonly migrations: readonly (new () => MigrationInterface)[];
}
