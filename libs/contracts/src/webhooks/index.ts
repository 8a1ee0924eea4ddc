export * from './event-types';
export * from './limits';
export * from './operations';
export * from './views';
