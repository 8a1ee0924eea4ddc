export * from './api-keys';
export * from './operations';
