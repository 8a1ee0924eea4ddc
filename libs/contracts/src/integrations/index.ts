export * from './inbound-event';
export * from './integration-types';
