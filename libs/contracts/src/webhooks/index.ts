export * from './event-types';
export * from './operations';
export * from './views';
