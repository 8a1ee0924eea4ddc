export * from './declaration';
export * from './load';
