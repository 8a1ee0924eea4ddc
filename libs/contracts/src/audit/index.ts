export * from './actions';
export * from './entries';
export * from './operations';
