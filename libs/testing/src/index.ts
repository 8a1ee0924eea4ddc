export * from './config';
export * from './describe-with';
export * from './receiver';
export type { KillableServer } from './servers/killable';
export { startPostgres } from './servers/postgres';
export { startRabbit } from './servers/rabbitmq';
export { startRedis } from './servers/redis';
export { until } from './servers/until';
export * from './shared';
