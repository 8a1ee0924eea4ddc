export * from './declaration';
export * from './load';
export type { Variable } from './variable';
