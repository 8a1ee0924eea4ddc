export * from './inbound-event';
export * from './integration-types';
export * from './operations';
export * from './views';
