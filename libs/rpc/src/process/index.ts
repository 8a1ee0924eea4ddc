export * from './lifetime';
export * from './run-app';
export * from './start-apps';
