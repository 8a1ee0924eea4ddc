export * from './api-keys';
export * from './operations';
export * from './signing-keys';
