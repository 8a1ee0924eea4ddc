export * from './inbound-event';
export * from './integration-types';
export * from './views';
