export * from './operations';
export * from './records';
export * from './views';
