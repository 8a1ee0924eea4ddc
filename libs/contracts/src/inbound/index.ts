export * from './families';
export * from './operations';
export * from './views';
