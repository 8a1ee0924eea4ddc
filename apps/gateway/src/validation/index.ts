export * from './decorators';
export * from './paging';
export { timeOf } from './times';
