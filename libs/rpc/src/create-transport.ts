import type { Config } from '@signalbox/config';
import type { Logger } from 'pino';
import { InProcessTransport } from './in-process/in-process-transport';
import { RabbitmqTransport } from './rabbitmq/rabbitmq-transport';
import type { Transport } from './transport';

export const DEFAULT_CONCURRENCY = 256;
export const DEFAULT_MAX_PENDING_CALLS = 10_000;
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** RabbitMQ where `AMQP_URL` names one, else within this process. Starts without the broker when it is not there. */
export async function createTransport(config: Config, log: Logger): Promise<Transport> {
  const options = {
    concurrency: DEFAULT_CONCURRENCY,
    maxPendingCalls: DEFAULT_MAX_PENDING_CALLS,
    // A request that the gateway has let in must fit, whatever travels beside it.
    maxMessageBytes: Math.max(MAX_MESSAGE_BYTES, 2 * config.BODY_LIMIT_BYTES),
    drainMs: config.SHUTDOWN_SECONDS * 1000,
  };
  return config.AMQP_URL === undefined
    ? new InProcessTransport(options, log)
    : RabbitmqTransport.open(config.AMQP_URL, options, log);
}
