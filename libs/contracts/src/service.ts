/** The services that answer operations. Each owns one PostgreSQL schema and one queue. */
export const SERVICES = ['api-key-auth', 'webhook-dispatcher', 'integration-sync'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Everything that runs as a process of its own. */
export type AppName = ServiceName | 'gateway';
