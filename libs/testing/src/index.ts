export * from './config';
export * from './describe-with';
export * from './receiver';
export {
  startDockerRegistry,
  type DockerRegistry,
  type RegistryNotifications,
} from './servers/docker-registry';
export type { KillableServer } from './servers/killable';
export { startPostgres } from './servers/postgres';
export { startRabbit } from './servers/rabbitmq';
export { startRedis } from './servers/redis';
export { TEST_SECRETS, UNLIMITED } from './settings';
export { until } from './servers/until';
export { Wire } from './servers/wire';
export * from './shared';
