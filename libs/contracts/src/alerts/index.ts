export * from './operations';
export * from './views';
