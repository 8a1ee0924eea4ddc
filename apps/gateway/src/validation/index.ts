export * from './decorators';
export * from './paging';
