export * from './allocate-young';
export * from './lifetime';
export * from './rounds';
export * from './run-app';
export * from './start-apps';
