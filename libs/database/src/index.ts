export * from './database';
export * from './database.module';
export * from './embedded';
export * from './errors';
export * from './expect-schema-matches';
export * from './ids';
export type { Reader } from './lagging-reader';
export * from './migrate';
export * from './service-database';
