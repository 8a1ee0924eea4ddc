export * from './call-scope';
export * from './health.module';
export * from './logger';
export * from './metrics';
export * from './nest-logger';
export * from './ops-server';
export * from './readiness';
export { scrub, scrubText } from './scrub';
export * from './trace';
